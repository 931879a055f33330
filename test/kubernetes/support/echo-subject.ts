import type { Subject } from '../../../src/environments/conformance/subject.ts';
import { kubernetesEnvironment } from '../../../src/environments/kubernetes/kubernetes-environment.ts';
import { foldersOf } from '../../../src/leases/folders.ts';
import { echoSpec, sayTo } from '../../integration/support/echo-nodes.ts';
import { identityName } from '../../integration/support/idle-nodes.ts';

/** Echoes on Kubernetes, with run directories below a folder. */
export const echoesOn = (folder: string): Subject => ({
  environment: () => kubernetesEnvironment(),
  folder,
  live: foldersOf(process.env).live,
  spec: echoSpec,
  say: sayTo,
  nameInDump: (node, run) => identityName(run, node),
});
