/** What a person asks, the tool that it takes, and what a model would search for if that tool was not shown to it. */
export interface ToolPrompt {
  readonly prompt: string;
  readonly needs: string;
  readonly query: string;
}
export declare const toolPrompts: readonly ToolPrompt[];
