import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** uPlot's script and style sheet as text (MIT, © Leon Sorokin), to be put into the page. */
export function uplotAssets(): { readonly script: string; readonly style: string } {
  const dist = dirname(createRequire(import.meta.url).resolve('uplot'));
  const read = (name: string): string => readFileSync(join(dist, name), 'utf8').trim();
  return { script: read('uPlot.iife.min.js'), style: read('uPlot.min.css') };
}
