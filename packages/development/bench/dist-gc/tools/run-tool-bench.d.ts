import { type ToolPrompt } from './tool-prompts.ts';
interface PromptResult extends ToolPrompt {
  readonly found: 'at once' | 'after find_tools' | 'never';
  /** Estimated tokens of the schemas of a turn. */
  readonly tokens: number;
}
export interface ToolBench {
  readonly tools: number;
  readonly limit: number;
  /** Estimated tokens of all schemas. */
  readonly allTokens: number;
  readonly results: readonly PromptResult[];
}
/** Offers the tools of three connectors for every prompt, and looks for the one that the prompt needs. */
export declare function runToolBench(limit: number): Promise<ToolBench>;
export declare function formatToolBench({ tools, limit, allTokens, results }: ToolBench): string;
export {};
