#include "engine/external_references.h"

#include <iterator>

#include "engine/console.h"
#include "engine/host_functions.h"
#include "engine/promises.h"

namespace isolet {
namespace {

// Append only: the order is part of every snapshot.
const intptr_t kReferences[] = {
    reinterpret_cast<intptr_t>(&HostFunctions::Invoke),
    reinterpret_cast<intptr_t>(&Console::Write),
    reinterpret_cast<intptr_t>(&Promises::OnGuestFulfilled),
    reinterpret_cast<intptr_t>(&Promises::OnGuestRejected),
    reinterpret_cast<intptr_t>(&Promises::OnCallFulfilled),
    reinterpret_cast<intptr_t>(&Promises::OnCallRejected),
    0,
};

}  // namespace

const intptr_t* ExternalReferences() { return kReferences; }

size_t ExternalReferenceCount() { return std::size(kReferences) - 1; }

}  // namespace isolet
