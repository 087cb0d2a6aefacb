/** The smaller of two limits, of which 0 is none. */
export const smaller = (a: number, b: number): number => (a > 0 && (b === 0 || a < b) ? a : b);
