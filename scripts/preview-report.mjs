// Writes the reports of a made-up run for people to look at:
//   node scripts/preview-report.mjs [pass|fail|inconclusive] [folder]
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exampleRun } from '../src/report/example/example-run.ts';
import { writeReports } from '../src/report/write-reports.ts';

const [outcome = 'fail', folder = join('reports', 'preview')] = process.argv.slice(2);
if (!['pass', 'fail', 'inconclusive'].includes(outcome)) {
  console.error(`expected pass, fail or inconclusive, got "${outcome}"`);
  process.exit(4);
}
const directory = resolve(folder);
mkdirSync(directory, { recursive: true });
const { record, result } = exampleRun(/** @type {'pass' | 'fail' | 'inconclusive'} */ (outcome));
const { files, troubles } = writeReports(directory, record, result);
for (const file of files) console.log(file);
for (const trouble of troubles) console.error(trouble);
process.exitCode = troubles.length === 0 ? 0 : 70;
