// Reads lines of JSON on standard input, a list of Kubernetes objects each, and answers each with a list of problems as JSON.
// A field that the schema does not know is a problem too: nothing that stands in its place could be wrong.
import { createInterface } from 'node:readline';

const models = new Map();

async function modelOf({ apiVersion, kind }) {
  const key = `${apiVersion}/${kind}`;
  if (!models.has(key)) {
    const packages = apiVersion.startsWith('monitoring.coreos.com/') ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
    models.set(key, (await import(`${packages}/${apiVersion}/${kind}`).catch(() => ({})))[kind]);
  }
  return models.get(key);
}

function problemOf(Model, object) {
  try {
    new Model(object).validate();
    return null;
  } catch (error) {
    return error.message;
  }
}

function* paths(value, at = []) {
  if (value === null || typeof value !== 'object')
    return;
  for (const key of Object.keys(value)) {
    yield [...at, key];
    yield* paths(value[key], [...at, key]);
  }
}

// What no field can be.
const nonsense = [[[[]]], { nonsense: [[]] }, true, -0.5, '\u0000'];

function isKnown(Model, object, path) {
  const copy = structuredClone(object);
  const parent = path.slice(0, -1).reduce((at, key) => at[key], copy);
  return nonsense.some(wrong => {
    parent[path.at(-1)] = wrong;
    return problemOf(Model, copy) !== null;
  });
}

async function problemsOf(object) {
  const name = `${object.apiVersion} ${object.kind} ${object.metadata?.name}`;
  const Model = await modelOf(object);
  if (!Model)
    return [`${name}: no schema`];
  const problem = problemOf(Model, object);
  if (problem)
    return [`${name}: ${problem}`];
  return [...paths(object)].filter(path => !isKnown(Model, object, path)).map(path => `${name}: the schema has no field ${path.join('.')}`);
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(JSON.stringify((await Promise.all(JSON.parse(line).map(problemsOf))).flat()) + '\n');
