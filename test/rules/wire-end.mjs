// How a cell is ended, and its own end: the rest of the list in native/wire/cell_link.h. See rules.mjs.

/** @type {import('./rules.mjs').Rule[]} */
export const wireEndRules = [
  {
    rule: 'wire 6a: a call that is not answered in time ends the cell',
    edits: [
      {
        file: 'native/wire/cell_watch.cc',
        text: '    late_ += known &&',
        broken: '    if (WithoutRule("wire 6a")) return false;\n    late_ += known &&',
      },
    ],
    test: { native: 'wire_calls_test' },
    fails: /ACallThatIsNotAnsweredInTimeEndsTheCell FAILED/,
  },
  {
    rule: 'wire 6c: a cell that does not say that it is there is ended',
    edits: [
      {
        file: 'native/wire/pulse.cc',
        text: 'if (silent_ >= patience_) answer',
        broken: 'if (silent_ >= patience_ && !WithoutRule("wire 6c")) answer',
      },
    ],
    test: { native: 'wire_ended_test' },
    fails: /ACellThatIsAskedWhetherItIsThereAndDoesNotSayIsEnded FAILED/,
  },
  {
    rule: 'wire 6d: a pong was asked for',
    edits: [
      {
        file: 'native/wire/cell_link.cc',
        text: '|| pong->number > last_ping_) return false;',
        broken: '|| pong->number > last_ping_) return WithoutRule("wire 6d");',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /APongThatNobodyAskedForEndsTheCell FAILED/,
  },
  {
    rule: 'wire 11: the kernel says what memory a cell has',
    edits: [
      {
        file: 'native/wire/cell_watch.cc',
        text: '*memory <= most_memory_) return std::nullopt;',
        broken: '*memory <= most_memory_ || WithoutRule("wire 11")) return std::nullopt;',
      },
    ],
    test: { native: 'wire_ended_test' },
    fails: /ACellWithMoreMemoryThanItMayHaveEndsAndItsCallsSayHowMuchThatWas FAILED/,
  },
  {
    rule: 'wire 12: what computes unasked is found out',
    edits: [
      {
        file: 'native/wire/processor_account.cc',
        text: 'return unasked_ <= kMostUnasked;',
        broken: 'return unasked_ <= kMostUnasked || WithoutRule("wire 12");',
      },
    ],
    test: { native: 'wire_watch_test' },
    fails: /WhatComputesUnaskedIsFoundOutAndWhatGuestsLeaveBehindIsNot FAILED/,
  },
  {
    rule: 'wire 6b: a cell that does not read is refused calls and then ended',
    edits: [
      {
        file: 'native/wire/cell_link.h',
        text: 'return unsent() > kMostUnsent;',
        broken: 'return unsent() > kMostUnsent && !WithoutRule("wire 6b");',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /ACellThatDoesNotReadIsRefusedCallsAndThenEnded FAILED/,
  },
  {
    rule: 'wire 7a: every accepted call is answered when the cell ends',
    edits: [
      {
        file: 'native/wire/cell_link.cc',
        text: '      entry.guest->Died(stop);',
        broken: '      if (!WithoutRule("wire 7a")) entry.guest->Died(stop);',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /GarbageEndsTheCell FAILED/,
  },
  {
    rule: 'wire 7b: the owner hears of the end once',
    edits: [
      {
        file: 'native/wire/cell_link.cc',
        text: '  if (first) owner_',
        broken: '  if (first || WithoutRule("wire 7b")) owner_',
      },
    ],
    test: { native: 'wire_calls_test' },
    fails: /ACallThatIsNotAnsweredInTimeEndsTheCell FAILED/,
  },
  {
    rule: "wire 8: the channel's thread keeps the link until the cell has ended",
    edits: [
      {
        file: 'native/wire/channel.cc',
        text: 'reader = std::move(reader)] { self->Main(*reader); }',
        broken:
          'reader = WithoutRule("wire 8") ? std::shared_ptr<Reader>(std::shared_ptr<void>(), reader.get()) : reader] { self->Main(*reader); }',
      },
      {
        // Its owner has the time to let go of it.
        file: 'native/wire/cell_link.cc',
        text: '    ended_.store(true, std::memory_order_release);\n    guests.swap(guests_);\n  }',
        broken:
          '    ended_.store(true, std::memory_order_release);\n    guests.swap(guests_);\n  }\n  if (WithoutRule("wire 8")) usleep(100\'000);',
      },
    ],
    test: { native: 'wire_calls_test' },
    fails: /heap-use-after-free/,
  },
  {
    rule: 'wire 9: lines of the console come before what is said after them',
    edits: [
      {
        file: 'native/wire/cell_host.cc',
        text: '  WriteConsole();\n  Write(said.message);',
        broken: '  if (!WithoutRule("wire 9")) WriteConsole();\n  Write(said.message);',
      },
    ],
    test: { native: 'wire_calls_test' },
    fails: /LinesOfTheConsoleComeBeforeTheAnswer FAILED/,
  },
  {
    rule: 'wire 10: what the host has not read stays counted in the cell',
    edits: [
      {
        file: 'native/wire/cell_host.cc',
        text: '    answers_.push_back(std::move(said.in_flight));',
        broken: '    if (!WithoutRule("wire 10")) answers_.push_back(std::move(said.in_flight));',
      },
    ],
    test: { native: 'wire_calls_test' },
    fails: /WhatTheHostHasNotReadStaysCountedInTheCell FAILED/,
  },
];
