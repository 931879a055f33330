/**
 * What the documents say that can be held against the repository: commands, links, paths, tables.
 * Pure, but for what it is handed to look with; every function gives what is wrong, in words.
 */
import { posix } from 'node:path';
import type { Command } from 'commander';

/** A document as the rules see it; `path` from the root of the repository, with slashes. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

/** A fenced block: its language, the comment right above it, and what it holds. */
export interface Fence {
  readonly language: string;
  readonly above: string;
  readonly body: string;
}

/** All fenced blocks of a document, indented ones too. */
export function fencesOf({ text }: Document): Fence[] {
  const fences: Fence[] = [];
  const lines = text.split('\n');
  let open: { language: string; above: string; indent: number; body: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    const mark = /^( *)```(\w*)$/.exec(line);
    if (mark === null) open?.body.push(line.slice(open.indent));
    else if (open === undefined) {
      const above = /^<!-- (.*) -->$/.exec(lines[index - 1] ?? '')?.[1] ?? '';
      open = { language: mark[2] ?? '', above, indent: mark[1]?.length ?? 0, body: [] };
    } else {
      fences.push({ language: open.language, above: open.above, body: open.body.join('\n') });
      open = undefined;
    }
  }
  return fences;
}

/** The text outside of fenced blocks. */
const proseOf = ({ text }: Document): string => text.replace(/^( *)```[\s\S]*?^\1```$/gm, '');

/** Code in the running text. */
const spansOf = (document: Document): string[] =>
  [...proseOf(document).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

/** Every command that a document tells people to type: lines of `sh` blocks, calls in the text. */
export function commandsOf(document: Document): string[] {
  const lines = fencesOf(document)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ body }) => body.split('\n'))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  const calls = spansOf(document).filter((code) => /^(npx highwater|highwater|npm) /.test(code));
  return [...lines, ...calls];
}

/** What commands are held against. */
export interface Known {
  readonly scripts: ReadonlySet<string>;
  readonly projects: ReadonlySet<string>;
  exists(path: string): boolean;
  /** A command line that takes its words, does nothing, and throws at mistakes. */
  program(): Command;
  /** Throws when a suite is not there. */
  findSuites(named: readonly string[]): unknown;
}

/** What is wrong with a command; null when nothing is. */
export function commandProblem(command: string, known: Known): string | null {
  // `<run id>` stands for one word.
  const words = command.replace(/<[^>]*>/g, 'any').split(/\s+/);
  const wrong = (why: string): string => `${command}: ${why}`;
  if (words[0] === 'npm') return scriptProblem(words, known, wrong);
  if (words[0] === 'git') return null;
  if (words[0] === 'node') {
    return known.exists(words[1] ?? '') ? null : wrong(`there is no ${words[1]}`);
  }
  const [called, ...args] = words[0] === 'npx' ? words.slice(1) : words;
  if (called === 'highwater') return callProblem(args, known, wrong);
  if (words[0] === 'npx' && called === 'vitest') return vitestProblem(args, known, wrong);
  return wrong('not a command that documents may name');
}

type Wrong = (why: string) => string;

function scriptProblem(words: readonly string[], known: Known, wrong: Wrong): string | null {
  const [, first = '', second = ''] = words;
  const script = first === 'run' ? second : first;
  if (first !== 'run' && first !== 'start' && first !== 'test') return wrong('no such use of npm');
  return known.scripts.has(script) ? null : wrong(`package.json has no script "${script}"`);
}

function callProblem(args: readonly string[], known: Known, wrong: Wrong): string | null {
  const program = known.program();
  let suites: readonly string[] = [];
  for (const command of descendantsOf(program)) {
    command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (command.commands.length > 0) continue;
    // Parsed only: no command may do what it is for, nor one in a group (`images build`).
    command.action((named: unknown) => {
      if (command.registeredArguments[0]?.name() === 'suites') suites = named as string[];
    });
  }
  program.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  try {
    program.parse([...args], { from: 'user' });
    known.findSuites(suites);
    return null;
  } catch (thrown) {
    return wrong((thrown as Error).message);
  }
}

/** All commands below one, those of groups (`images build`) too. */
const descendantsOf = (parent: Command): readonly Command[] =>
  parent.commands.flatMap((command) => [command, ...descendantsOf(command)]);

function vitestProblem(args: readonly string[], known: Known, wrong: Wrong): string | null {
  const [mode, ...rest] = args;
  if (mode !== 'run') return wrong('vitest without run watches');
  const project = rest[rest.indexOf('--project') + 1] ?? '';
  if (rest.includes('--project') && !known.projects.has(project)) {
    return wrong(`no project "${project}"`);
  }
  const folders = rest.filter(
    (word, at) => !word.startsWith('-') && rest[at - 1]?.startsWith('--') !== true,
  );
  const missing = folders.find((folder) => !known.exists(folder));
  return missing === undefined ? null : wrong(`there is no ${missing}`);
}

/** Relative links that lead nowhere, by file or by heading; `read` gives null where nothing is. */
export function brokenLinks(document: Document, read: (path: string) => string | null): string[] {
  return [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = '', heading] = link.split('#');
      const path = posix.join(posix.dirname(document.path), file);
      const text = file === '' ? document.text : read(path);
      if (text === null) return true;
      return heading !== undefined && !anchorsOf(text).includes(heading);
    })
    .map((link) => `${document.path}: ${link}`);
}

/** As GitHub makes them: lower case, blanks to dashes, other signs gone. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Paths in backticks, from the root or beside the last one with a folder, that are not there. */
export function missingPaths(document: Document, exists: (path: string) => boolean): string[] {
  return spansOf(document)
    .filter((code) => /^(src|test|docs|scripts|suites|fixtures)\/[\w./-]*$/.test(code))
    .filter((path) => !exists(path))
    .map((path) => `${document.path}: ${path}`);
}

/** First cells of the table rows below a heading, without their backticks. */
export function firstColumn({ text }: Document, heading: string): string[] {
  const from = text.indexOf(`\n${heading}\n`);
  if (from < 0) return [];
  const rest = text.slice(from + heading.length + 2);
  const end = rest.search(/^#/m);
  const rows = (end < 0 ? rest : rest.slice(0, end)).split('\n');
  return rows
    .filter((line) => /^\| (?!---)/.test(line))
    .map((line) => (line.split('|')[1] ?? '').trim().replaceAll('`', ''))
    .slice(1);
}
