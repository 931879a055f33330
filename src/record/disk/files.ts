/** What is where in a run directory. */
export const FILES = {
  plan: 'plan.json',
  history: 'history.ndjson',
  samples: 'samples.ndjson',
  ledger: 'ledger.ndjson',
  leases: 'leases.ndjson',
  cleanup: 'cleanup.json',
  verdict: 'verdict.json',
  logs: 'logs',
  clients: 'clients.log',
  evidence: 'evidence',
} as const;

/** How much of a run is read at most: a record that is larger is not one of ours, or is damaged. */
export const LIMITS = {
  lineBytes: 16 * 1024 * 1024,
  jsonBytes: 64 * 1024 * 1024,
  fileBytes: 1024 * 1024 * 1024,
} as const;
