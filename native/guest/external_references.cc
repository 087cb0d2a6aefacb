#include "isolate/external_references.h"

#include <iterator>
#include <span>
#include <vector>

#include "boundary/host_functions.h"
#include "boundary/promises.h"
#include "modules/dynamic_imports.h"
#include "modules/evaluation.h"
#include "modules/meta.h"
#include "realm/async_waits.h"
#include "realm/buffer_constructors.h"
#include "realm/console_methods.h"
#include "realm/globals.h"
#include "realm/intl.h"
#include "realm/structured_clone.h"
#include "realm/timers.h"
#include "web/lazy_globals.h"
#include "web/ops.h"
#include "web/program.h"

namespace isolet {
namespace {

// Append only: the order is part of every snapshot.
const intptr_t kReferences[] = {
    reinterpret_cast<intptr_t>(&HostFunctions::Invoke),
    reinterpret_cast<intptr_t>(&ConsoleMethods::Call),
    reinterpret_cast<intptr_t>(&Promises::OnGuestFulfilled),
    reinterpret_cast<intptr_t>(&Promises::OnGuestRejected),
    reinterpret_cast<intptr_t>(&Promises::OnCallFulfilled),
    reinterpret_cast<intptr_t>(&Promises::OnCallRejected),
    reinterpret_cast<intptr_t>(&QueueMicrotask),
    reinterpret_cast<intptr_t>(&RunQueuedMicrotask),
    reinterpret_cast<intptr_t>(&StructuredClone),
    reinterpret_cast<intptr_t>(&Timers::SetTimeout),
    reinterpret_cast<intptr_t>(&Timers::SetInterval),
    reinterpret_cast<intptr_t>(&Timers::ClearTimer),
    reinterpret_cast<intptr_t>(&DynamicImports::OnReady),
    reinterpret_cast<intptr_t>(&ModuleEvaluation::OnEvaluated),
    reinterpret_cast<intptr_t>(&ModuleEvaluation::OnThrew),
    reinterpret_cast<intptr_t>(&BufferConstructors::Construct<BufferConstructors::Kind::kArrayBuffer>),
    reinterpret_cast<intptr_t>(&BufferConstructors::Construct<BufferConstructors::Kind::kSharedArrayBuffer>),
    reinterpret_cast<intptr_t>(&BufferConstructors::Construct<BufferConstructors::Kind::kMemory>),
    reinterpret_cast<intptr_t>(&BufferConstructors::Grow<BufferConstructors::Kind::kArrayBuffer>),
    reinterpret_cast<intptr_t>(&BufferConstructors::Grow<BufferConstructors::Kind::kSharedArrayBuffer>),
    reinterpret_cast<intptr_t>(&BufferConstructors::Grow<BufferConstructors::Kind::kMemory>),
    reinterpret_cast<intptr_t>(&BufferConstructors::Species),
    reinterpret_cast<intptr_t>(&IntlMemory::Segment),
    reinterpret_cast<intptr_t>(&IntlMemory::Iterate),
    reinterpret_cast<intptr_t>(&ImportMeta::OnResolve),
    reinterpret_cast<intptr_t>(&AsyncWaits::Wait),
    reinterpret_cast<intptr_t>(&GetLazyGlobal),
};

// Those of the web's APIs follow; a snapshot that has any knows which there were (WebProgram::fingerprint).
std::vector<intptr_t>* All() {
  auto* all = new std::vector<intptr_t>(std::begin(kReferences), std::end(kReferences));
  all->push_back(WebProgram::Get().address());
  for (std::span<const WebOp> room : WebOps()) {
    for (const WebOp& op : room) all->push_back(reinterpret_cast<intptr_t>(op.callback));
  }
  all->push_back(0);
  return all;
}

const std::vector<intptr_t>& References() {
  // Never destroyed: engine threads may outlive main().
  static const std::vector<intptr_t>* all = All();
  return *all;
}

}  // namespace

const intptr_t* ExternalReferences() { return References().data(); }

size_t ExternalReferenceCount() { return References().size() - 1; }

}  // namespace isolet
