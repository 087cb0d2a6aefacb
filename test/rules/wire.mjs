// What a cell may say: numbers 1 to 5 of the list in native/wire/cell_link.h. See rules.mjs.

/** @type {import('./rules.mjs').Rule[]} */
export const wireRules = [
  {
    rule: 'wire 1a: no frame is longer than what may come',
    edits: [
      {
        file: 'native/wire/channel.cc',
        text: 'if (length > longest()) {',
        broken: 'if (length > longest() && !WithoutRule("wire 1a")) {',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails:
      /ALengthBeyondTheBoundEndsTheCellBeforeAnythingIsMadeOfIt FAILED|requested allocation size|bad_alloc|out-of-memory|SEGV/,
  },
  {
    rule: 'wire 1b: a frame has nothing after its end',
    edits: [
      {
        file: 'native/wire/frames.cc',
        text: 'return OneOf(*f, *message) && f->at_end();',
        broken: 'return OneOf(*f, *message) && (f->at_end() || WithoutRule("wire 1b"));',
      },
    ],
    test: { native: 'wire_frames_test' },
    fails: /AMessageFromACellThatIsCutOrHasARestIsNone FAILED/,
  },
  {
    rule: 'wire 1c: a kind is one that there is',
    edits: [
      {
        file: 'native/wire/value_fields.h',
        text: '&& handle.kind >= value::HandleKind::kGuestFunction &&',
        broken: '&& (handle.kind >= value::HandleKind::kGuestFunction || WithoutRule("wire 1c")) &&',
      },
    ],
    test: { native: 'wire_frames_test' },
    fails: /AHandleOfNoKindIsNone FAILED/,
  },
  {
    rule: 'wire 1d: what a value takes is paid from the limit of its guest',
    edits: [
      {
        file: 'native/wire/value_fields.h',
        text: '  *left -= cost;',
        broken: '  if (!WithoutRule("wire 1d")) *left -= cost;',
      },
    ],
    test: { native: 'wire_frames_test' },
    fails: /MemoryOfBuffersIsPaidFromTheSameLimit FAILED/,
  },
  {
    rule: 'wire 2a: a frame is of a guest that is there',
    edits: [
      {
        file: 'native/wire/cell_link.cc',
        text: '    if (found == guests_.end()) return false;\n    guest = found->second.guest;',
        broken: '    if (found == guests_.end()) return WithoutRule("wire 2a");\n    guest = found->second.guest;',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /AFrameOfAGuestThatIsNotThereEndsTheCell FAILED/,
  },
  {
    rule: 'wire 2b: a guest that is gone says nothing more',
    edits: [
      {
        file: 'native/wire/cell_link.cc',
        text: 'if (std::holds_alternative<GuestGone>(message)) {',
        broken: 'if (std::holds_alternative<GuestGone>(message) && !WithoutRule("wire 2b")) {',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /WhatIsSaidOnceIsNotSaidTwice FAILED/,
  },
  {
    rule: 'wire 3a: an answer has a call',
    edits: [
      {
        file: 'native/wire/remote_answers.cc',
        text: 'return stopped_for_good() && ++strays_',
        broken: 'if (WithoutRule("wire 3a")) return true;\n  return stopped_for_good() && ++strays_',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /AnAnswerWithoutACallEndsTheCell FAILED/,
  },
  {
    rule: 'wire 3b: the answer of a call that the host gave up is dropped',
    edits: [
      {
        file: 'native/wire/remote_end.cc',
        text: '    given_up_[call_id] = due;',
        broken: '    if (!WithoutRule("wire 3b")) given_up_[call_id] = due;',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /AnAnswerOfACallThatWasAbortedIsDroppedOnce FAILED/,
  },
  {
    rule: 'wire 3c: a call that was stopped here asks the host for nothing',
    edits: [
      {
        file: 'native/wire/remote_answers.cc',
        text: '  if (stopped_for_good()) {\n    // Nobody waits',
        broken: '  if (stopped_for_good() && !WithoutRule("wire 3c")) {\n    // Nobody waits',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /AGuestThatWasStoppedCallsNobody FAILED/,
  },
  {
    rule: 'wire 4a: a function of the host was sent to that guest',
    edits: [
      {
        file: 'native/wire/handle_account.cc',
        text: '  std::lock_guard<std::mutex> lock(mutex_);\n  return function_id <= last_function_;',
        broken:
          '  std::lock_guard<std::mutex> lock(mutex_);\n  return function_id <= last_function_ || WithoutRule("wire 4a");',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /FunctionsOfTheHostAreThoseThatWereSentToThatGuest FAILED/,
  },
  {
    rule: 'wire 4b: no more is given back than was sent',
    edits: [
      {
        file: 'native/wire/handle_account.cc',
        text: 'if (found == sent_.end() || count == 0 || count > found->second) return false;',
        broken:
          'if (found == sent_.end() || count == 0 || count > found->second) return found != sent_.end() && WithoutRule("wire 4b");',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /FunctionsOfTheHostAreThoseThatWereSentToThatGuest FAILED/,
  },
  {
    rule: 'wire 4c: a promise settles once',
    edits: [
      {
        file: 'native/wire/handle_account.cc',
        text: 'const bool held = promises_.erase(promise_id) != 0;',
        broken:
          'const bool held = WithoutRule("wire 4c") ? promises_.contains(promise_id) : promises_.erase(promise_id) != 0;',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /APromiseOfTheGuestCrossesOnceAndSettlesOnce FAILED/,
  },
  {
    rule: 'wire 4d: the host holds no more of a guest than its options allow',
    edits: [
      {
        file: 'native/wire/handle_account.cc',
        text: 'return most_ == 0 || held_.size()',
        broken: 'return most_ == 0 || WithoutRule("wire 4d") || held_.size()',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /MoreHandlesThanTheGuestMayHaveThereEndTheCell FAILED/,
  },
  {
    rule: 'wire 5a: answers that wait for the host are bounded',
    edits: [
      {
        file: 'native/wire/acknowledgements.cc',
        text: 'bytes) > most_answer_bytes_) return nullptr;',
        broken: 'bytes) > most_answer_bytes_ && !WithoutRule("wire 5a")) return nullptr;',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /AnswersThatTheHostHasNotReadAreBounded FAILED/,
  },
  {
    rule: 'wire 5b: open host calls are bounded, each by its own number',
    edits: [
      {
        file: 'native/wire/acknowledgements.cc',
        text: '        !open_.insert(id).second) {',
        broken: '        (!open_.insert(id).second && !WithoutRule("wire 5b"))) {',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /HostCallsAreOneForEachIdAndNeitherTooManyNorTooLarge FAILED/,
  },
  {
    rule: 'wire 5c: events that wait for the host are bounded',
    edits: [
      {
        file: 'native/wire/remote_answers.cc',
        text: 'if (unread_events_.size() > kMostEvents ||',
        broken: 'if (WithoutRule("wire 5c")) return true;\n    if (unread_events_.size() > kMostEvents ||',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /EventsThatTheHostHasNotReadAreBounded FAILED/,
  },
  {
    rule: 'wire 5d: what nobody asked for is dropped until it is a flood',
    edits: [
      {
        file: 'native/wire/remote_answers.cc',
        text: 'return ++strays_ <= kMostStrays + calls_made_;',
        broken: 'return ++strays_ <= kMostStrays + calls_made_ || WithoutRule("wire 5d");',
      },
    ],
    test: { native: 'wire_forged_test' },
    fails: /PromisesThatNobodyKnowsAreDroppedUntilTheyAreAFlood FAILED/,
  },
];
