import { relative } from 'node:path';
import { expect, inject } from 'vitest';
import { installCollector } from '../scenario/suite/collector.ts';
import { realConductor } from './conductor.ts';
import { declareScenario } from './declare.ts';
import { listenInWorker } from './worker-signals.ts';

/*
 * The set-up file that the plugin adds: it runs in each worker before a suite file is loaded, and
 * makes tests of the scenarios which that file declares.
 */
const handed = inject('highwater');
const { interrupt } = listenInWorker(handed.interruptFile);
const conductor = realConductor(handed, interrupt);

installCollector(({ scenario }) => {
  const file = expect.getState().testPath;
  const suite = file === undefined ? 'unknown' : relative(process.cwd(), file);
  declareScenario(scenario, suite, conductor);
});
