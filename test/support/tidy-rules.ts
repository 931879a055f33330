/** A file as the rules see it. */
export interface TidyFile {
  readonly path: string;
  readonly text: string;
}

/** What is wrong where. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/** One rule; `title` completes "every file …". */
export interface Rule {
  readonly title: string;
  readonly applies: RegExp;
  readonly not?: RegExp;
  /** Path → why it may; a path that ends in a slash names a folder. */
  readonly except?: Readonly<Record<string, string>>;
  /** Line numbers from 1, with what is wrong there. */
  look(lines: readonly string[], path: string): readonly (readonly [line: number, what: string])[];
  /** Files that must be found out: the proof that the rule can. */
  readonly broken: readonly TidyFile[];
}

/** What a file does against a rule. */
export function brokenBy(rule: Rule, { path, text }: TidyFile): readonly Finding[] {
  if (!rule.applies.test(path) || rule.not?.test(path) || isExcepted(rule, path)) return [];
  return rule.look(text.split('\n'), path).map(([line, what]) => ({ path, line, what }));
}

const isExcepted = (rule: Rule, path: string): boolean =>
  Object.keys(rule.except ?? {}).some((each) => isWithin(path, each));

/** Whether a path is the one that an exception names, or in the folder that it names. */
export const isWithin = (path: string, exception: string): boolean =>
  exception.endsWith('/') ? path.startsWith(exception) : path === exception;

const CODE = /\.(ts|mjs)$/;
const SOURCE = /^src\/.*\.ts$/;
const TEST = /\.test\.ts$/;
const EVERYTHING = /^(?!.*\.(png|ico|woff2?|gz|zst|jar|bin)$)/;

/** Finds a pattern line by line, comments left out. */
const inCode =
  (pattern: RegExp): Rule['look'] =>
  (lines) =>
    lines.flatMap((line, index) => {
      if (/^\s*(\/?\*|\/\/)/.test(line)) return [];
      const found = pattern.exec(line.replace(/\s\/\/ .*$/, ''));
      return found === null ? [] : [[index + 1, found[0].trim()] as const];
    });

const inText =
  (pattern: RegExp): Rule['look'] =>
  (lines) =>
    lines.flatMap((line, index) => {
      const found = pattern.exec(line);
      return found === null ? [] : [[index + 1, found[0].trim()] as const];
    });

const atMost =
  (limit: number): Rule['look'] =>
  (lines) => {
    const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
    return count > limit ? [[count, `${count} lines`]] : [];
  };

/**
 * A text in quotes, or a pattern, is not broken by the formatter; whole it can be found by grep.
 */
const QUOTED = /'[^']{40,}'|`[^`]{40,}|^ *\/\S{60,}/;

/** A quoted text may be longer, and in a test as long as the output that it quotes. */
const tooLong: Rule['look'] = (lines, path) => {
  let inTemplate = false;
  return lines.flatMap((line, index) => {
    const ticks = line.split('`').length - 1;
    const quotes = inTemplate || QUOTED.test(line);
    const max = quotes ? (TEST.test(path) ? Number.POSITIVE_INFINITY : 160) : 100;
    if (ticks % 2 === 1) inTemplate = !inTemplate;
    return line.length > max ? [[index + 1, `${line.length} columns`] as const] : [];
  });
};

const undocumented: Rule['look'] = (lines) =>
  lines.flatMap((line, index) => {
    const name = /^export (?:declare )?(?:async )?(?:abstract )?\w+\*? ([\w$]+)/.exec(line)?.[1];
    // A second signature of the same function is documented by the first.
    const before = lines.slice(0, index).findLast((each) => each.trim() !== '') ?? '';
    const overload = new RegExp(`^export (async )?function ${name}\\b.*;$`).test(before);
    if (name === undefined || overload || before.trim().endsWith('*/')) return [];
    return [[index + 1, `${name} has no doc comment`] as const];
  });

/** `export … from`, also when it goes over several lines. */
const reExports: Rule['look'] = (lines) =>
  lines.flatMap((line, index) => {
    if (!/^export (type )?[{*]/.test(line)) return [];
    const end = lines.slice(index).findIndex((each) => each.trimEnd().endsWith(';'));
    const whole = lines.slice(index, index + end + 1).join(' ');
    return / from '/.test(whole) ? [[index + 1, whole] as const] : [];
  });

const numbered = (count: number): string => 'x\n'.repeat(count);
/** Written in parts, so that this file keeps its own rule. */
const slash = '/';

/** All rules. */
export const RULES: readonly Rule[] = [
  {
    title: 'keeps its lines within 100 columns',
    applies: CODE,
    look: tooLong,
    broken: [
      { path: 'src/a.ts', text: `ok\n${'x'.repeat(101)}\n` },
      { path: 'src/a.test.ts', text: `const a = \`x\`;\n${'x'.repeat(101)}\n` },
    ],
  },
  {
    title: 'has at most 400 lines',
    applies: CODE,
    not: /^suites\//,
    look: atMost(400),
    broken: [{ path: 'src/a.ts', text: numbered(401) }],
  },
  {
    title: 'that is a suite has at most 300 lines',
    applies: /^suites\/.*\.ts$/,
    look: atMost(300),
    broken: [{ path: 'suites/a/b.suite.ts', text: numbered(301) }],
  },
  {
    title: 'has a name in kebab-case',
    applies: /^(src|suites|scripts|test)\//,
    not: /^test\/fixtures\//,
    look: (_, path) =>
      /^([a-z0-9]+([-.][a-z0-9]+)*\/)*\.?[a-z0-9]+([-.][a-z0-9]+)*$/.test(path) ? [] : [[1, path]],
    broken: [
      { path: 'src/core/waitFor.ts', text: '' },
      { path: 'src/core/wait_for.ts', text: '' },
    ],
  },
  {
    title: 'exports by name',
    applies: SOURCE,
    look: inCode(/^export default\b|\bas default\b/),
    broken: [
      { path: 'src/a.ts', text: 'export default 1;' },
      { path: 'src/a.ts', text: 'export { x as default };' },
    ],
  },
  {
    title: 'exports only what is its own',
    applies: SOURCE,
    not: /^src\/(index|vitest)\.ts$/,
    look: reExports,
    broken: [
      { path: 'src/core/a.ts', text: `export * from './b.ts';` },
      { path: 'src/core/a.ts', text: `export type { B } from './b.ts';` },
    ],
  },
  {
    title: 'has a doc comment on what it exports',
    applies: SOURCE,
    not: TEST,
    look: undocumented,
    broken: [
      { path: 'src/a.ts', text: '/** A. */\nexport const a = 1;\nexport const b = 2;' },
      { path: 'src/a.ts', text: 'export async function* go(): void {}' },
    ],
  },
  {
    title: 'takes wall-clock time only where a run is dated',
    applies: SOURCE,
    not: TEST,
    except: {
      'src/core/wall-clock.ts': 'is where a run is dated',
      'src/clients/kafka/kafkajs/mends.ts': 'kafkajs keeps its throttling in wall-clock time',
      'src/leases/process-identity.ts': 'tells boots apart where the system has no name for them',
      'src/leases/sweep.ts': 'compares with the dates of files',
    },
    look: inCode(/\bDate\.now\b|\bnew Date\(\)/),
    broken: [
      { path: 'src/a.ts', text: 'const t = Date.now();' },
      { path: 'src/a.ts', text: 'const t = new Date().toISOString();' },
    ],
  },
  {
    title: 'waits on a clock that it is given',
    applies: SOURCE,
    not: TEST,
    except: {
      'src/core/clock.ts': 'makes the real clock',
      'src/core/exec.ts': 'a process of the host lives in real time',
      'src/environments/local/': 'so do the processes of an environment',
      'src/environments/container/': 'and what runs in a container engine',
      'src/environments/kubernetes/': 'and what runs in a cluster',
      'src/environments/dump-in-log.ts': 'and a JVM that is asked for its threads',
      'src/clients/': 'and the sockets of a client',
      'src/leases/free-lease.ts': 'waits for the end of processes of a run that is no more',
      'src/vitest/': 'is limited by a test runner in real time',
      'src/report/progress-state.ts': 'a terminal is looked at in real time',
    },
    look: inCode(/\bset(Timeout|Interval)\(|\btimers\/promises\b|\bAbortSignal\.timeout\b/),
    broken: [
      { path: 'src/a.ts', text: '  setTimeout(go, 5);' },
      { path: 'src/a.ts', text: `import { setTimeout } from 'node:timers/promises';` },
    ],
  },
  {
    title: 'draws random numbers from the seed',
    applies: SOURCE,
    look: inCode(/\bMath\.random\b/),
    broken: [{ path: 'src/a.ts', text: 'const n = Math.random();' }],
  },
  {
    title: 'leaves the process only where Ctrl-C or a bug ends it',
    applies: SOURCE,
    not: TEST,
    except: {
      'src/cli/main.ts':
        'what nobody catches is a bug: Node would leave with the code of a finding',
      'src/cli/signals.ts': 'a second Ctrl-C leaves at once',
      'src/vitest/main-signals.ts': 'a second Ctrl-C leaves at once',
    },
    look: inCode(/\bprocess\.exit\(/),
    broken: [{ path: 'src/a.ts', text: 'process.exit(1);' }],
  },
  {
    title: 'that is a test runs all of its tests',
    applies: /(\.test|\.suite)\.ts$/,
    not: /^test\/tidy\.test\.ts$/,
    look: inCode(/\b(describe|it|test|scenario)\.(only|skip|todo)\b/),
    broken: [
      { path: 'src/a.test.ts', text: `  it.only('x', () => {});` },
      { path: 'test/a.test.ts', text: `describe.skip('x', () => {});` },
    ],
  },
  {
    title: 'does not sleep in a test in place of a condition',
    applies: /\.test\.ts$/,
    look: inCode(/\bsetTimeout\(\s*(resolve|done|r)\b/),
    broken: [{ path: 'src/a.test.ts', text: 'await new Promise((r) => setTimeout(r, 100));' }],
  },
  {
    title: 'leaves nothing to do without the number of an issue',
    applies: CODE,
    look: inText(/\b(TODO|FIXME|XXX)\b(?!.*#\d)/),
    not: /^test\/support\/tidy-rules\.ts$/,
    broken: [{ path: 'src/a.ts', text: '// TODO: later' }],
  },
  {
    title: 'holds no path of the machine that it was written on',
    applies: EVERYTHING,
    look: inText(/(?<![\w.}~-])\/(work|root)\/[\w.-]/),
    broken: [
      { path: 'README.md', text: `see ${slash}work/main` },
      { path: 'src/a.ts', text: `const a = '${slash}root/.m2';` },
    ],
  },
  {
    title: 'of packages names no address that they came from',
    applies: /(^|\/)(package-lock\.json|\.npmrc)$/,
    look: inText(/"resolved"|registry\s*=|_auth/),
    broken: [{ path: 'package-lock.json', text: '"resolved": "https://example.test/a.tgz"' }],
  },
];
