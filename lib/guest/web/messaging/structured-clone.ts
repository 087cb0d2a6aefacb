/** The global function structuredClone (https://html.spec.whatwg.org/#dom-structuredclone). */
import { requireArguments, toDictionary, toObject, toSequence } from '../base/webidl.ts';
import { cloneWithTransfer } from './clone.ts';

/** Members of StructuredSerializeOptions. */
export const cloneOptions = {
  transfer: {
    to: (value: unknown, what: string) => toSequence(value, toObject, what),
    default: (): object[] => [],
  },
} as const;

const functions = {
  structuredClone(value: unknown, options: unknown = undefined): unknown {
    requireArguments(arguments.length, 1, 'structuredClone');
    const { transfer } = toDictionary(options, cloneOptions, 'The second argument of structuredClone');
    return cloneWithTransfer(value, transfer).value;
  },
};

/** A method of an object literal: not a constructor, as Web IDL asks of operations. */
export const structuredClone = functions.structuredClone;
