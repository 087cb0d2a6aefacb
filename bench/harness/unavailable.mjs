/** Thrown by a variant's set-up when it can't be measured here; the table says why. */
export class Unavailable extends Error {}
