// Objects of the web's interfaces: they cross as a kind and parts, which are ordinary values. Each side makes an object
// of its own class of them, by functions that the codec does not know (Exporter, Importer).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "v8/v8.h"

namespace isolet::value {

// As in lib/shared/web/parts.ts.
enum class MadeKind : uint8_t {
  kDOMException = 1,
  kUrl,
  kSearchParams,
  kHeaders,
  kBlob,
  kFile,
  kFormData,
  kAbortSignal,
  kRequest,
  kResponse,
};

inline constexpr size_t kMostMadeParts = 8;

struct Made {
  MadeKind kind{};
  // Of a kDOMException the error itself follows as the last one.
  std::vector<v8::Local<v8::Value>> parts;
};

std::optional<MadeKind> MadeKindOf(uint32_t number);

// What its parts are called in the path of a failure.
const char* PartName(MadeKind kind, size_t part);

// What its receiver allocates beyond the parts: for the object, and for each entry of its list, if it has one. To be
// called when all parts but a last error are there.
size_t MadeCost(MadeKind kind, std::span<const v8::Local<v8::Value>> parts);

}  // namespace isolet::value
