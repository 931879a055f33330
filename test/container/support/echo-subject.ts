import type { Subject } from '../../../src/environments/conformance/subject.ts';
import { containerEnvironment } from '../../../src/environments/container/container-environment.ts';
import { foldersOf } from '../../../src/leases/folders.ts';
import { echoSpec, sayTo } from '../../integration/support/echo-nodes.ts';
import { identityName } from '../../integration/support/idle-nodes.ts';

/** Echoes in containers, with run directories below a folder. */
export const echoesIn = (folder: string): Subject => ({
  environment: () => containerEnvironment(),
  folder,
  live: foldersOf(process.env).live,
  spec: echoSpec,
  say: sayTo,
  nameInDump: (node, run) => identityName(run, node),
});
