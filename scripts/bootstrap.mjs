/**
 * The way in of a fresh clone: `node scripts/bootstrap.mjs -- <command…>`. Looks whether this
 * machine has what highwater needs, installs the packages of the lockfile when they are missing or
 * stale, and runs the command with them first on PATH. Plain JavaScript that runs on Node 20: the
 * Node 24 that everything else runs on is one of the packages that it installs.
 */
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './bootstrap/packages.mjs';
import { findShortfalls, nodeMajor, versionOf } from './bootstrap/prerequisites.mjs';
import { runToEnd } from './bootstrap/run-to-end.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NOT_READY = 3;

const command = process.argv.slice(process.argv[2] === '--' ? 3 : 2);
const shortfalls = await findShortfalls();
if (shortfalls.length > 0) {
  for (const line of shortfalls) console.error(`not ready: ${line}`);
  process.exit(NOT_READY);
}
const installed = await installPackages(ROOT);
if (installed !== 0) process.exit(installed);

const first = [await folderOfNode24(), join(ROOT, 'node_modules', '.bin')];
if (process.env['JAVA_HOME']) first.push(join(process.env['JAVA_HOME'], 'bin'));
process.env['PATH'] = [...new Set(first), process.env['PATH']].join(delimiter);

if (command.length > 0) process.exit(await runToEnd(command));
console.log('ready');

/** The folder whose `node` is version 24 or later: the package's, or else the one running this. */
async function folderOfNode24() {
  const packaged = join(ROOT, 'node_modules', '.bin');
  if (existsSync(join(packaged, 'node'))) {
    const { said } = await versionOf(join(packaged, 'node'), ['--version']);
    if (nodeMajor(said) >= 24) return packaged;
  }
  if (nodeMajor(process.version) >= 24) return dirname(process.execPath);
  console.error(
    `not ready: expected Node 24 or later, as npm has no package of it that runs on ` +
      `${process.platform}-${process.arch} here; seen ${process.version}: install Node 24`,
  );
  return process.exit(NOT_READY);
}
