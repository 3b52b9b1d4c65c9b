import { isTextNestedDeeper, jsonDepthLimit } from '@pawl/contracts';
import { wellFormedText } from './well-formed.ts';

/** How endpoints want the arguments of a call back: as the text of a JSON object, whatever the model wrote. */
export function argumentsForHistory(written: string): string {
  const text = wellFormedText(written.trim());
  return isTextNestedDeeper(text, jsonDepthLimit) || !isObjectText(text) ? '{}' : text;
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
