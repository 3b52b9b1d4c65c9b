/** A flag's number. */
export declare function parsePositive(text: string): number;
