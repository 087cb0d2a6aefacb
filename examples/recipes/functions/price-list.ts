interface Item {
  readonly name: string;
  readonly cents: number;
}

const items: readonly Item[] = [{ name: 'tea', cents: 350 }];

export function priceOf(name: string): number {
  const item = items.find((each) => each.name === name);
  if (!item) {
    throw new RangeError(`no price for ${name}`);
  }
  return item.cents / 100;
}
