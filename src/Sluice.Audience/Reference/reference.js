// The API reference: draws an OpenAPI document, and sends what its forms say. Nothing is kept when the page is left, the token least of all.

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'];
const LONGEST_BODY = 200_000; // characters shown of an answer; a browser is slow with more

const byId = id => document.getElementById(id);
let token = '';
let description = {};
let drawn = []; // one entry for each operation: its element, its family's element, and the text that the search looks in

/** An element with attributes and children. A child that is no element stands there as text, never as markup. */
function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes))
        if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value);
    made.append(...children.filter(child => child !== undefined && child !== null));
    return made;
}

/** What a $ref leads to; what is none is itself. */
function target(one) {
    while (one?.$ref)
        one = one.$ref.split('/').slice(1).reduce((at, part) => at[part.replaceAll('~1', '/').replaceAll('~0', '~')], description);
    return one;
}

const pretty = value => typeof value === 'string' ? value : JSON.stringify(value, null, 2);

/** A schema in a few words: its type, choices, bounds and default. */
function inWords(given) {
    const schema = target(given) ?? {};
    const choice = schema.anyOf?.map(target).filter(one => one.type !== 'null');
    if (choice?.length === 1) return inWords(choice[0]);
    const words = [schema.type === 'array' ? `list of ${inWords(schema.items)}` : schema.type ?? ''];
    if (schema.enum) words.push(`one of ${schema.enum.join(', ')}`);
    if (schema.minimum !== undefined) words.push(`from ${schema.minimum}`);
    if (schema.maximum !== undefined) words.push(`to ${schema.maximum}`);
    if (schema.maxLength !== undefined) words.push(`at most ${schema.maxLength} characters`);
    if (schema.default !== undefined) words.push(`${schema.default} when left out`);
    return words.filter(Boolean).join(', ');
}

/** A schema as text with what it refers to in its place; what holds itself is named only. */
function spelledOut(given, within = []) {
    if (Array.isArray(given)) return given.map(one => spelledOut(one, within));
    if (given === null || typeof given !== 'object') return given;
    if (typeof given.$ref === 'string') {
        const name = given.$ref.split('/').pop();
        return within.includes(name) || within.length > 3 ? name : spelledOut(target(given), [...within, name]);
    }
    return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, spelledOut(value, within)]));
}

function drawField(parameter, id) {
    const choices = parameter.schema?.type === 'boolean' ? ['true', 'false'] : target(parameter.schema)?.enum;
    const attributes = { id, 'aria-describedby': `${id}-about`, required: parameter.required, disabled: true };
    const field = choices
        ? element('select', attributes, element('option', { value: '' }, '–'), ...choices.map(one => element('option', {}, one)))
        : element('input', { ...attributes, type: 'text', spellcheck: 'false', autocomplete: 'off' });
    const about = [parameter.in, inWords(parameter.schema), parameter.required ? 'required' : ''].filter(Boolean).join('; ');
    return { parameter, field, label: element('label', { for: id }, element('code', {}, parameter.name)),
        cell: element('div', {}, field, element('p', { class: 'soft', id: `${id}-about` }, `${parameter.description ?? ''} (${about})`)) };
}

// Most calls have the same headers, and few people send them: they are folded away.
const isRare = ({ parameter }) => parameter.in === 'header' && !parameter.required;

function drawFields(title, fields) {
    return fields.length === 0 ? [] : [element('h3', {}, title), element('div', { class: 'fields' }, ...fields.flatMap(one => [one.label, one.cell]))];
}

function drawRare(fields) {
    const [, grid] = drawFields('', fields);
    return grid ? [element('details', {}, element('summary', {}, 'Headers'), element('div', {}, grid))] : [];
}

function drawBody(operation, id) {
    const content = target(operation.requestBody)?.content;
    if (!content) return null;
    const types = Object.keys(content);
    const type = element('select', { id: `${id}-type`, disabled: true, hidden: types.length === 1 }, ...types.map(one => element('option', {}, one)));
    const text = element('textarea', { id: `${id}-body`, spellcheck: 'false', disabled: true });
    const fill = () => { text.value = pretty(content[type.value].example ?? ''); };
    type.addEventListener('change', fill);
    fill();
    return { type, text, parts: [
        element('h3', {}, 'Body'),
        element('div', { class: 'fields' },
            element('label', { for: type.id, hidden: types.length === 1 }, 'Media type'), type, element('label', { for: text.id }, 'Text'), text),
        element('details', {}, element('summary', {}, 'Schema of the body'), element('div', {}, element('pre', { tabindex: '0' }, pretty(spelledOut(content[types[0]].schema))))),
    ] };
}

function drawAnswers(operation) {
    const list = element('dl');
    for (const [status, given] of Object.entries(operation.responses)) {
        const answer = target(given);
        list.append(element('dt', {}, element('code', {}, status)), element('dd', {}, answer.description));
        const example = Object.values(answer.content ?? {})[0]?.example;
        if (example !== undefined)
            list.append(element('dt'), element('dd', {}, element('details', {}, element('summary', {}, `Example of ${status}`), element('div', {}, element('pre', { tabindex: '0' }, pretty(example))))));
    }
    return [element('h3', {}, 'Answers'), list];
}

/** The request that a form says: where to, with which headers and which body. */
function requestOf(path, method, fields, body) {
    const query = new URLSearchParams();
    const headers = new Headers({ accept: 'application/json' });
    for (const { parameter, field } of fields) {
        const value = field.value;
        if (value === '') continue;
        if (parameter.in === 'path') {
            const parts = parameter['x-sluice-rest'] ? value.split('/') : [value]; // such a one takes all that is left of the path
            path = path.replace(`{${parameter.name}}`, () => parts.map(encodeURIComponent).join('/'));
        } else if (parameter.in === 'header') headers.set(parameter.name, value);
        else if (parameter.in === 'query') for (const one of parameter.schema?.type === 'array' ? value.split(',') : [value]) query.append(parameter.name, one.trim());
    }
    if (token) headers.set('authorization', `Bearer ${token}`);
    let content;
    if (body) {
        const type = body.type.value;
        const isForm = type === 'multipart/form-data' || type === 'application/x-www-form-urlencoded';
        content = isForm ? new URLSearchParams(JSON.parse(body.text.value)) : body.text.value;
        if (type === 'multipart/form-data') {
            const form = new FormData();
            content.forEach((value, name) => form.append(name, value));
            content = form; // the browser names the boundary
        } else headers.set('content-type', type);
    }
    return { address: location.origin + path + (query.size ? `?${query}` : ''), options: { method, headers, body: content, credentials: 'omit', cache: 'no-store' } };
}

/** The same call as a line for a shell. The token does not stand in it: whoever runs it has it in $TOKEN. */
function curlOf({ address, options }) {
    const quoted = text => `'${String(text).replaceAll("'", String.raw`'\''`)}'`;
    const parts = [`curl -X ${options.method} ${quoted(address)}`];
    options.headers.forEach((value, name) => parts.push(name === 'authorization' ? '-H "authorization: Bearer $TOKEN"' : `-H ${quoted(`${name}: ${value}`)}`));
    if (options.body instanceof FormData) options.body.forEach((value, name) => parts.push(`--form-string ${quoted(`${name}=${value}`)}`));
    else if (options.body !== undefined) parts.push(`--data-binary ${quoted(options.body)}`);
    return parts.join(' \\\n  ');
}

async function execute(place, path, method, fields, body) {
    if (!fields.every(({ field }) => field.reportValidity())) return;
    const status = element('p', { class: 'status', role: 'status' });
    place.replaceChildren(status);
    status.textContent = 'Waiting for the answer…';
    try {
        const request = requestOf(path, method, fields, body);
        const call = [element('h3', {}, 'The call'), element('pre', { tabindex: '0' }, curlOf(request))];
        place.append(...call);
        const answer = await fetch(request.address, request.options);
        let text = await answer.text();
        try {
            text = pretty(JSON.parse(text));
        } catch { /* no JSON: shown as it came */ }
        status.textContent = `${answer.status} ${answer.statusText}`;
        status.classList.toggle('refused', !answer.ok);
        const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
        const shown = text.length > LONGEST_BODY ? `${text.slice(0, LONGEST_BODY)}\n… ${text.length - LONGEST_BODY} characters more` : text;
        status.after(
            element('h3', {}, 'Body'), element('pre', { class: 'body', tabindex: '0' }, shown || '(empty)'),
            element('h3', {}, 'Headers'), element('pre', { class: 'headers', tabindex: '0' }, headers));
    } catch (failure) {
        status.textContent = `The call could not be made: ${failure.message}`;
        status.classList.add('refused');
    }
}

/** What stands in an opened operation; drawn when it is opened first, since a document has some hundred of them. */
function drawInside(path, method, operation) {
    const id = operation.operationId;
    const fields = (operation.parameters ?? []).map(target).map((parameter, at) => drawField(parameter, `${id}-${at}`));
    const body = drawBody(operation, id);
    const inputs = [...fields.map(one => one.field), ...(body ? [body.type, body.text] : [])];
    const place = element('div', { class: 'answer' });
    const tries = element('button', { type: 'button', class: 'main' }, 'Try it out');
    const executes = element('button', { type: 'button', class: 'main', hidden: true }, 'Execute');
    const cancels = element('button', { type: 'button', hidden: true }, 'Cancel');
    const open = isOpen => {
        inputs.forEach(one => { one.disabled = !isOpen; });
        [tries.hidden, executes.hidden, cancels.hidden] = [isOpen, !isOpen, !isOpen];
        (isOpen ? inputs.find(one => one.checkVisibility()) ?? executes : tries).focus();
    };
    tries.addEventListener('click', () => open(true));
    cancels.addEventListener('click', () => { place.replaceChildren(); open(false); });
    executes.addEventListener('click', () => execute(place, path, method, fields, body));
    fields.forEach(({ field }) => field.addEventListener('keydown', event => { if (event.key === 'Enter' && field.tagName === 'INPUT') executes.click(); }));
    return element('div', {},
        operation.description && element('p', {}, operation.description),
        ...drawFields('Parameters', fields.filter(one => !isRare(one))), ...(body?.parts ?? []), ...drawRare(fields.filter(isRare)),
        element('div', { class: 'buttons' }, tries, executes, cancels), place, ...drawAnswers(operation));
}

function drawOperation(path, method, operation) {
    const details = element('details', { id: operation.operationId },
        element('summary', {},
            element('span', { class: `method ${method}` }, method), element('code', {}, path),
            operation['x-sluice'] && element('span', { class: 'ours' }, 'not in the original'),
            element('span', { class: 'soft' }, operation.summary)));
    details.addEventListener('toggle', () => {
        if (details.open && details.children.length === 1) details.append(drawInside(path, method, operation));
    });
    return details;
}

function draw() {
    const families = new Map(description.tags.map(tag => [tag.name, element('section', { 'aria-label': tag.name }, element('h2', {}, tag.name), element('p', { class: 'soft' }, tag.description))]));
    drawn = [];
    for (const [path, operations] of Object.entries(description.paths)) {
        for (const method of METHODS.filter(one => operations[one])) {
            const operation = operations[method];
            const family = families.get(operation.tags[0]);
            const details = drawOperation(path, method.toUpperCase(), operation);
            family.append(details);
            drawn.push({ details, family, text: [method, path, operation.summary, operation.description, operation.operationId, operation.tags[0]].join(' ').toLowerCase() });
        }
    }
    byId('operations').replaceChildren(byId('about') ?? element('p', { id: 'about' }), ...families.values());
    byId('about').textContent = description.info.description;
    document.title = `${description.info.title} – API reference`;
    search();
}

function search() {
    const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of drawn) one.details.hidden = !words.every(word => one.text.includes(word));
    for (const family of new Set(drawn.map(one => one.family))) family.hidden = drawn.every(one => one.family !== family || one.details.hidden);
    byId('found').textContent = `${drawn.filter(one => !one.details.hidden).length} of ${drawn.length} operations`;
}

async function load(name) {
    const address = name === 'audience' ? '/v1/openapi.json' : `/openapi/${name}.json`;
    try {
        const answer = await fetch(address, { credentials: 'omit' });
        if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
        description = await answer.json();
        draw();
        if (location.hash.length > 1) showAddressed();
    } catch (failure) {
        drawn = [];
        byId('operations').replaceChildren(element('p', { class: 'refused', role: 'alert' }, `${address} cannot be read: ${failure.message}`), element('p', { id: 'about' }));
        byId('found').textContent = '';
    }
}

function showAddressed() {
    const one = drawn.find(({ details }) => `#${details.id}` === location.hash)?.details;
    if (!one) return;
    one.open = true;
    one.scrollIntoView();
}

function authorize(given) {
    token = given.trim().replace(/^Bearer\s+/i, '');
    byId('token').value = '';
    byId('forget').hidden = token === '';
    byId('authorized').textContent = token ? 'Authorized: calls carry the token until this page is left.' : 'Calls go without a token. A token stays in this page and is gone with it.';
}

byId('authorize').addEventListener('submit', event => { event.preventDefault(); authorize(byId('token').value); });
byId('forget').addEventListener('click', () => { authorize(''); byId('token').focus(); });
byId('search').addEventListener('input', search);
addEventListener('hashchange', showAddressed);
const choice = byId('document');
const wanted = new URLSearchParams(location.search).get('document');
if ([...choice.options].some(one => one.value === wanted)) choice.value = wanted;
choice.addEventListener('change', () => {
    history.replaceState(null, '', choice.value === 'audience' ? location.pathname : `?document=${choice.value}`);
    load(choice.value);
});
load(choice.value);
