var toFahrenheit = function (celsius) {
  return celsius * 9 / 5 + 32;
};
