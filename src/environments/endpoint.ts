/** Where a port is reached. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}
/** `127.20.0.1:9092`, as Kafka's tools want it. */
export const showEndpoint = (endpoint: Endpoint): string => `${endpoint.host}:${endpoint.port}`;
