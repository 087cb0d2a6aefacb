// The lifetime rules of the engine, each with a way to break it and the test that fails then. `npm run test:rules` builds
// a copy of the engine in which `WithoutRule("…")` answers true for the rule named by the environment, and runs the test
// once with all rules and once without that one.
//
// In each of `edits`, `text` occurs once in `file` and becomes `broken`; `test` is a program of test/native, or parameters of vitest;
// `fails` is what its output shows without the rule.

import { wireRules } from './wire.mjs';
import { wireEndRules } from './wire-end.mjs';

/**
 * @typedef {object} Rule
 * @property {string} rule the header's name and the number of the rule there
 * @property {{ file: string, text: string, broken: string }[]} edits
 * @property {{ native: string } | { vitest: string[] }} test
 * @property {RegExp} fails
 */

/** @type {Rule[]} */
export const rules = [
  {
    rule: 'mailbox 1: the queue keeps the owner alive',
    edits: [
      {
        file: 'native/threads/mailbox.h',
        text: 'Executor::Get().Schedule(Self(), urgency, waking);',
        broken:
          'Executor::Get().Schedule(WithoutRule("mailbox 1") ? std::shared_ptr<Runnable>(std::shared_ptr<void>(), this) : Self(), urgency, waking);',
      },
    ],
    test: { native: 'mailbox_test' },
    fails: /TheQueueKeepsTheMailboxAlive FAILED|heap-use-after-free/,
  },
  {
    rule: 'mailbox 2: a posted task is dropped where it does not run',
    edits: [
      {
        file: 'native/threads/mailbox.h',
        text: '    if (turn_ == Turn::kLost) return;\n    tasks_.push_back',
        broken: `    if (turn_ == Turn::kLost) {
      if (WithoutRule("mailbox 2")) task.release();
      return;
    }
    tasks_.push_back`,
      },
    ],
    test: { native: 'mailbox_test' },
    fails: /PostAfterLoseDropsTheTask FAILED/,
  },
  {
    rule: 'mailbox 3: the turn is given back by the thread that took it',
    edits: [
      {
        file: 'native/threads/mailbox.h',
        text: 'if (turn_ != Turn::kBorrowed || holder_ != ThreadNumber()) return;',
        broken: `if (!WithoutRule("mailbox 3") && (turn_ != Turn::kBorrowed || holder_ != ThreadNumber())) return;`,
      },
    ],
    test: { native: 'mailbox_borrow_test' },
    fails: /ATurnStaysWithTheThreadThatTookIt FAILED/,
  },
  {
    rule: 'mailbox 4: nobody gets a turn before its keeper has let go',
    edits: [
      {
        file: 'native/threads/mailbox.h',
        text: 'const bool own = turn_ == Turn::kKept && keeper_ == keeper;',
        broken: 'const bool own = turn_ == Turn::kKept && (keeper_ == keeper || WithoutRule("mailbox 4"));',
      },
    ],
    test: { native: 'mailbox_keep_test' },
    fails: /WhoeverBorrowsGetsTheTurnAfterTheWorkerHasLetGo FAILED/,
  },
  {
    rule: 'guest 1a: only who has the turn is inside',
    edits: [
      {
        file: 'native/threads/mailbox.h',
        text: 'if (turn_ == Turn::kFree || turn_ == Turn::kQueued || own) {',
        broken: 'if (turn_ == Turn::kFree || turn_ == Turn::kQueued || own || WithoutRule("guest 1a")) {',
      },
    ],
    test: { native: 'mailbox_borrow_test' },
    fails: /BorrowersAreServedInOrderAndBeforeTasks FAILED/,
  },
  {
    rule: "guest 1b: who is inside holds the isolate's lock",
    edits: [
      {
        file: 'native/isolate/seat.h',
        text: '    if (taken_) return;',
        broken: '    if (taken_ || WithoutRule("guest 1b")) return;',
      },
    ],
    test: { vitest: ['test/runtime/lifecycle.test.ts'] },
    fails: /without proper locking in place/,
  },
  {
    rule: 'guest 2: handles die before the isolate',
    edits: [
      {
        file: 'native/guest/end.cc',
        text: `    context_.Reset();
  }`,
        broken: `    if (!WithoutRule("guest 2")) context_.Reset();
  }`,
      },
    ],
    test: { vitest: ['test/runtime/unclosed.test.ts'] },
    fails: /FAIL .*is closed when it is collected/,
  },
  {
    rule: 'guest 3: tasks keep the guest alive',
    edits: [
      {
        file: 'native/guest/guest.h',
        text: 'std::shared_ptr<Runnable> Self() override { return shared_from_this(); }',
        broken: `std::shared_ptr<Runnable> Self() override {
    if (WithoutRule("guest 3")) return std::shared_ptr<Runnable>(std::shared_ptr<void>(), this);
    return shared_from_this();
  }`,
      },
      {
        // The host has the time to forget it at the end of its last turn.
        file: 'native/threads/mailbox.h',
        text: '    RunBatch(batch);',
        broken: `    RunBatch(batch);
    if (WithoutRule("guest 3")) usleep(50'000);`,
      },
    ],
    test: { vitest: ['test/runtime/unclosed.test.ts'] },
    fails: /FAIL .*is closed when it is collected/,
  },
  {
    rule: 'guest 4a: every call is answered',
    edits: [
      {
        file: 'native/calls/table.cc',
        text: '  for (auto& [id, call] : calls_) all.push_back(Taken(std::move(call)));',
        broken: `  if (!WithoutRule("guest 4a")) {
    for (auto& [id, call] : calls_) all.push_back(Taken(std::move(call)));
  }`,
      },
    ],
    test: { vitest: ['test/runtime/state-matrix.test.ts'] },
    fails: /Test timed out/,
  },
  {
    rule: 'guest 4b: no call is answered twice',
    edits: [
      {
        file: 'native/calls/table.cc',
        text: `  std::shared_ptr<Call> call = Taken(std::move(found->second));
  calls_.erase(found);
  return call;`,
        broken: `  if (WithoutRule("guest 4b")) return found->second;
  std::shared_ptr<Call> call = Taken(std::move(found->second));
  calls_.erase(found);
  return call;`,
      },
    ],
    test: { vitest: ['test/runtime/abort.test.ts'] },
    fails: /FAIL .*AbortSignal/,
  },
  {
    rule: 'gate 1: a stop never hits code that came later',
    edits: [
      {
        file: 'native/calls/gate.cc',
        text: `    StopFrame(frame, std::move(stop));
    return true;
  }
  return false;`,
        broken: `    StopFrame(frame, std::move(stop));
    return true;
  }
  if (WithoutRule("gate 1")) Terminate();
  return false;`,
      },
    ],
    test: { vitest: ['test/runtime/abort.test.ts'] },
    fails: /FAIL .*stops a promise that never settles; the runtime stays usable/,
  },
  {
    rule: 'gate 2: frames above the one that was stopped pass the request on',
    edits: [
      {
        file: 'native/calls/gate.cc',
        text: `    if (outer->stopped) return outer->stop;`,
        broken: `    if (outer->stopped && !WithoutRule("gate 2")) return outer->stop;`,
      },
    ],
    test: { vitest: ['test/runtime/js-function.test.ts'] },
    fails: /FAIL .*ends the guest functions that the host calls meanwhile/,
  },
  {
    rule: 'gate 3: after a final stop no frame enters',
    edits: [
      {
        file: 'native/calls/gate.cc',
        text: `  std::lock_guard<std::mutex> lock(mutex_);
  if (final_) return final_;
  frame->outer`,
        broken: `  std::lock_guard<std::mutex> lock(mutex_);
  if (final_ && !WithoutRule("gate 3")) return final_;
  frame->outer`,
      },
    ],
    // By itself: what a frame would run asks the gate again.
    test: { native: 'gate_test' },
    fails: /NoFrameEntersAfterAFinalStopAndTheFirstReasonWins FAILED/,
  },
  ...wireRules,
  ...wireEndRules,
];
