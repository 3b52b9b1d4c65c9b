export interface PawlClient {
  /**
   * Admits a job for this prompt, in a conversation of its own or behind the jobs of this one, and resolves when it has
   * completed.
   */
  job(
    prompt: string,
    conversation?: {
      readonly id: string;
      readonly isNew: boolean;
    },
  ): Promise<void>;
  close(): Promise<void>;
}
export declare const connection = 'gmail';
/** Admits jobs as the gateway does, without HTTP. */
export declare function connectPawl(redisUrl: string): PawlClient;
