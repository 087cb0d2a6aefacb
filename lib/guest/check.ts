/**
 * The checks that `deploy` makes of a function's source. This file is bundled into dist/guest-check.js and runs in a
 * guest of its own, under limits: what hostile source makes of the parser costs that guest and never the host. The
 * source is only data here.
 */
import type { ValidationIssue } from '../errors/index.ts';
import { type Finding, listFindings } from '../serverless/validation/issue.ts';
import type { CheckAnswer, CheckRequest } from '../serverless/validation/protocol.ts';
import { flattenTree } from './check/flatten.ts';
import { checkNames } from './check/names.ts';
import { isFunctionValue, parseFunction, stackIssue } from './check/parse.ts';
import { checkRules } from './check/rules.ts';
import { freeNames } from './check/scope.ts';

const onlyIssue = (issue: ValidationIssue): CheckAnswer => ({ issues: [issue], more: 0, mustEvaluate: false });

function checkCode(request: CheckRequest): CheckAnswer {
  const parsed = parseFunction(request.code);
  if ('message' in parsed) return onlyIssue(parsed);
  const { text, program, handler } = parsed;
  const free = freeNames(program);
  const findings: Finding[] = [...checkRules(program, free, request.rules), ...checkNames(free, request)];
  const isFunction = isFunctionValue(handler);
  if (isFunction === 'no') findings.push({ message: `the code is not a function but a ${handler?.type}`, offset: 1 });
  const tree = request.tree ? flattenTree(program) : [];
  if (typeof tree === 'string') {
    findings.push({
      message: `the code is too large or nested too deeply for the platform's rules: ${tree}`,
      offset: 1,
    });
  }
  const issues = listFindings(text, findings);
  return {
    issues,
    more: findings.length - issues.length,
    mustEvaluate: isFunction === 'unknown',
    ...(request.tree && typeof tree !== 'string' && { tree }),
  };
}

export function check(request: CheckRequest): CheckAnswer {
  try {
    return checkCode(request);
  } catch (error) {
    // The stack ended in a check that walks a deep tree: a long chain of members is deep without being nested.
    if (error instanceof RangeError) return onlyIssue(stackIssue);
    throw error;
  }
}
