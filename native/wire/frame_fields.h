// The fields of every frame. Included by wire/frames.cc alone.
#pragma once

#include "wire/frames.h"
#include "wire/guest_fields.h"
#include "wire/program_fields.h"

namespace isolet::wire {

// --- To the cell. ---

inline bool Fields(FieldWriter& f, KeepSnapshot& m) {
  return f.Number(m.number) && f.Number(m.bytes.size()) && f.Raw(m.bytes.data(), m.bytes.size());
}
inline bool Fields(FieldReader& f, KeepSnapshot& m) {
  const uint8_t* data;
  size_t size;
  if (!Id(f, m.number) || !f.Bytes(&data, &size)) return false;
  m.bytes.assign(data, data + size);
  return true;
}

template <typename F>
bool Fields(F& f, Ping& m) {
  return Id(f, m.number);
}
template <typename F>
bool Fields(F& f, SetTimeZone& m) {
  return f.Text(m.name, kMostText);
}
template <typename F>
bool Fields(F& f, CreateGuest& m) {
  return Fields(f, m.options) && Id(f, m.snapshot);
}
template <typename F>
bool Fields(F& f, StartCall& m) {
  return Id(f, m.call_id) && f.Enum(m.kind, CallKind::kSnapshotScript) && Fields(f, m.limits) && Fields(f, m.program);
}
template <typename F>
bool Fields(F& f, RunNowCall& m) {
  return Id(f, m.ticket) && Id(f, m.inside) && Id(f, m.call_id) && f.Enum(m.kind, CallKind::kSnapshotScript) &&
         Fields(f, m.limits) && Fields(f, m.program);
}
template <typename F>
bool Fields(F& f, RunFree& m) {
  return Fields(f, m.limits) && Fields(f, m.program);
}
template <typename F>
bool Fields(F& f, CancelCall& m) {
  return Id(f, m.ticket) && Id(f, m.call_id) && f.Flag(m.only_running);
}
template <typename F>
bool Fields(F& f, SettlePromise& m) {
  return Id(f, m.promise_id) && Fields(f, m.reply);
}
template <typename F>
bool Fields(F& f, AnswerSlot& m) {
  return Id(f, m.slot) && Fields(f, m.reply);
}
template <typename F>
bool Fields(F& f, LetGoHandles& m) {
  return f.Enum(m.kind, value::HandleKind::kHostError) && Id(f, m.id) && Id(f, m.count);
}
template <typename F>
bool Fields(F& f, AddModuleSource& m) {
  return f.Text(m.url, kMostText) && f.Enum(m.source.type, ModuleType::kWasm) && f.Text(m.source.content, kMostCode);
}
template <typename F>
bool Fields(F& f, ModuleHooks& m) {
  return f.Flag(m.resolver) && f.Flag(m.loader);
}
template <typename F>
bool Fields(F& f, ReadEvent& m) {
  return Id(f, m.bytes);
}
template <typename F>
bool Fields(F& f, AskNumbers& m) {
  return Id(f, m.ticket);
}
template <typename F>
bool Fields(F& f, TerminateGuest& m) {
  return f.Text(m.reason, kMostText);
}
template <typename F>
bool Fields(F& f, Acknowledged& m) {
  return Id(f, m.answers) && List(f, m.host_calls, kMostHostCallsAtOnce, [&](uint64_t& id) { return Id(f, id); });
}

// --- From the cell. ---

template <typename F>
bool Fields(F& f, CreateFailed& m) {
  return Fields(f, m.why);
}
template <typename F>
bool Fields(F& f, Pong& m) {
  return Id(f, m.number);
}
template <typename F>
bool Fields(F& f, SettledCall& m) {
  return Id(f, m.call_id) && f.Flag(m.counted) && Fields(f, m.use) && Fields(f, m.outcome);
}
template <typename F>
bool Fields(F& f, RanNow& m) {
  return Id(f, m.ticket) && f.Flag(m.leaves) && f.Flag(m.waits) && Fields(f, m.use) && Fields(f, m.outcome);
}
template <typename F>
bool Fields(F& f, WasCancelled& m) {
  return Id(f, m.ticket) && f.Enum(m.was, Cancelled::kGoesOn);
}
template <typename F>
bool Fields(F& f, SettledPromise& m) {
  return Id(f, m.promise_id) && f.Flag(m.counted) && Fields(f, m.outcome);
}
template <typename F>
bool Fields(F& f, FailedPromises& m) {
  return List(f, m.promise_ids, kMostPromises, [&](uint64_t& id) { return Id(f, id); }) && Fields(f, m.stop);
}
template <typename F>
bool Fields(F& f, AskedHost& m) {
  return Id(f, m.function_id) && Id(f, m.call_id) && f.Enum(m.mode, HostCallMode::kAsync) && Id(f, m.slot) &&
         Id(f, m.promise_id) && Fields(f, m.arguments);
}
template <typename F>
bool Fields(F& f, AskedCollection& m) {
  return Id(f, m.slot);
}
template <typename F>
bool Fields(F& f, ReleasedExport& m) {
  return Id(f, m.function_id) && Id(f, m.count);
}
template <typename F>
bool Fields(F& f, Numbers& m) {
  return Id(f, m.ticket) && Fields(f, m.numbers);
}
template <typename F>
bool Fields(F& f, GuestGone& m) {
  return Fields(f, m.numbers);
}

}  // namespace isolet::wire
