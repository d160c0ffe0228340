var forecast = response.content.asJSON;
forecast.unit = properties.unit;
forecast.freezing = toFahrenheit(0);
delete forecast.askedTimes;
response.headers['enriched-in'] = context.flow;
