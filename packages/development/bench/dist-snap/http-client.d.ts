export interface HttpClient {
  /** The JSON of an answer. Throws an Error for an answer that is not 2xx. */
  call(method: string, path: string, body?: object, headers?: HttpHeaders): Promise<unknown>;
  close(): void;
}
type HttpHeaders = Readonly<Record<string, string>>;
/** On node:http, which costs less than `fetch` and so hides less of what is measured. */
export declare function createHttpClient(origin: string): HttpClient;
export {};
