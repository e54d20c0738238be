/**
 * docs/settings.md lists the fields of log lines, and a line may have no other, so that one thing has one name
 * everywhere.
 */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const FOLDERS = ['activities', 'agent', 'api', 'cli', 'tools', 'worker', 'workflows'];
const METHODS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'child'];
/** Only files with such a call are parsed, because parsing is slow. */
const MAY_LOG = new RegExp(`\\blog(ger)?\\s*\\.(${METHODS.join('|')})\\(`);

interface LogCall {
  /** The names of the fields; undefined if the line passes something else, such as a bare error. */
  readonly fields: readonly string[] | undefined;
  readonly text: string;
}

/** The names in an object literal, in those that it spreads, and in those that a variable of the file may hold. */
function fieldsOf(node: ts.Expression, file: ts.SourceFile): readonly string[] | undefined {
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return [];
  if (ts.isObjectLiteralExpression(node))
    return node.properties.flatMap((member) =>
      ts.isSpreadAssignment(member) ? (fieldsOf(member.expression, file) ?? []) : [member.name.getText(file)],
    );
  if (ts.isConditionalExpression(node))
    return [node.whenTrue, node.whenFalse].flatMap((branch) => fieldsOf(branch, file) ?? []);
  return ts.isIdentifier(node) ? fieldsOfVariable(node.text, file) : undefined;
}

function fieldsOfVariable(name: string, file: ts.SourceFile): readonly string[] | undefined {
  let found: readonly string[] | undefined;
  const visit = (node: ts.Node): void => {
    const isIt = ts.isVariableDeclaration(node) && node.name.getText(file) === name && node.initializer !== undefined;
    if (isIt) found = [...(found ?? []), ...(fieldsOf(node.initializer, file) ?? [])];
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** worker/index.ts writes the `error` of a workflow's line as `err`. */
const asLogged = (fields: readonly string[] | undefined, ofWorkflow: boolean): readonly string[] | undefined =>
  fields?.map((field) => (ofWorkflow && field === 'error' ? 'err' : field));

/** pino's `logger.warn(fields, message)` and `logger.child(fields)`; the workflows' `log.warn(message, fields)`. */
function logCalls(source: string): readonly LogCall[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  const calls: LogCall[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [receiver, method] = [node.expression.expression.getText(file), node.expression.name.text];
      const ofWorkflow = receiver === 'log';
      const isLogger = ofWorkflow || /(^|[.#])logger$/.test(receiver);
      const argument = node.arguments[ofWorkflow ? 1 : 0];
      if (isLogger && argument !== undefined && METHODS.includes(method))
        calls.push({ fields: asLogged(fieldsOf(argument, file), ofWorkflow), text: node.getText(file) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return calls;
}

const callsIn = (source: string): readonly LogCall[] => (MAY_LOG.test(source) ? logCalls(source) : []);

const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));

/** The first column of the table below the heading. */
function documentedFields(): ReadonlySet<string> {
  const text = readFileSync(path.join(root, 'docs', 'settings.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith('Fields of log lines')) ?? '';
  const cells = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell);
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)));
}

describe('the fields of log lines', () => {
  it.each<[line: string, fields: readonly string[] | undefined]>([
    [`this.deps.logger.warn({ taskId, err: error }, 'x')`, ['taskId', 'err']],
    [`const fields = { a: 1 }; logger.info({ ...fields, b: 2 }, 'x')`, ['a', 'b']],
    [`const fields = { a: 1 }; this.#options.logger.info(fields, 'x')`, ['a']],
    [`options.logger.child({ containerInstanceId })`, ['containerInstanceId']],
    [`log.warn('x', { refusal, error })`, ['refusal', 'err']],
    [`logger.warn('x')`, []],
    [`logger.warn(error, 'x')`, undefined],
  ])('are found in %s', (source, fields) => {
    expect(logCalls(source).map((call) => call.fields)).toEqual([fields]);
  });

  it('are those of docs/settings.md', () => {
    const known = documentedFields();
    const files = FOLDERS.flatMap((folder) => sourcesIn(folder));
    const calls = files.flatMap((file) =>
      callsIn(readFileSync(path.join(root, file), 'utf8')).map((call) => ({ file, ...call })),
    );
    expect(calls.length).toBeGreaterThan(30);
    const wrong = calls.filter(({ fields }) => fields?.every((field) => known.has(field)) !== true);
    expect(wrong.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
  });
});
