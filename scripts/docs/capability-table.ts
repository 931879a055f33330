import { CAPABILITIES, MEANING_OF } from '../../src/environments/capabilities.ts';
import { CONTAINER_OFFERS } from '../../src/environments/container/container-environment.ts';
import { KUBERNETES_OFFERS } from '../../src/environments/kubernetes/kubernetes-environment.ts';
import { LOCAL_OFFERS } from '../../src/environments/local/local-environment.ts';
import { MEMORY_OFFERS } from '../../src/environments/memory/memory-environment.ts';

const OFFERS = {
  local: new Set(LOCAL_OFFERS),
  container: new Set(CONTAINER_OFFERS),
  kubernetes: new Set(KUBERNETES_OFFERS),
  memory: MEMORY_OFFERS,
};

/** What each environment offers at best, as Markdown. Pure. */
export function capabilityTable(): string {
  const names = Object.keys(OFFERS);
  const rows = CAPABILITIES.map((capability) => [
    `\`${capability}\``,
    MEANING_OF[capability],
    ...Object.values(OFFERS).map((offered) => (offered.has(capability) ? 'yes' : '–')),
  ]);
  return [
    ['capability', 'what it is', ...names],
    names.map(() => '---').concat('---', '---'),
    ...rows,
  ]
    .map((row) => `| ${row.join(' | ')} |\n`)
    .join('');
}
