/**
 * `npm run docs`: writes the tables of the documents that are made of code. A test holds the
 * documents against the same functions.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { capabilityTable } from './docs/capability-table.ts';
import { withTable } from './docs/with-table.ts';

const PAGE = fileURLToPath(new URL('../docs/environments.md', import.meta.url));
writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), 'capabilities', capabilityTable()));
