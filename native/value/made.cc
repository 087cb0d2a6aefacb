#include "value/made.h"

namespace isolet::value {

namespace {

constexpr size_t kNames = 5;

struct Form {
  size_t cost;
  // Which part is a list of entries, and what each costs.
  int list;
  size_t entry;
  const char* names[kNames];
};

// Measured like the numbers in cost.h, on both sides; the dearer one counts.
constexpr Form kForms[] = {
    {512, -1, 0, {"name", "message", "error"}},
    {1024, -1, 0, {"href"}},
    {512, -1, 0, {"text"}},
    {768, 0, 160, {"headers"}},
    {1024, 1, 256, {"type", "pieces"}},
    {1280, 1, 256, {"type", "pieces", "name", "lastModified"}},
    {512, 0, 128, {"entries"}},
    {3072, -1, 0, {"aborted", "reason", "listen"}},
    {6144, 1, 160, {"head", "headers", "body", "signal"}},
    {4096, 1, 160, {"head", "headers", "body"}},
};
constexpr size_t kKinds = sizeof(kForms) / sizeof(kForms[0]);

const Form& FormOf(MadeKind kind) { return kForms[static_cast<size_t>(kind) - 1]; }

}  // namespace

std::optional<MadeKind> MadeKindOf(uint32_t number) {
  if (number == 0 || number > kKinds) return std::nullopt;
  return static_cast<MadeKind>(number);
}

const char* PartName(MadeKind kind, size_t part) {
  const char* name = part < kNames ? FormOf(kind).names[part] : nullptr;
  return name == nullptr ? "part" : name;
}

size_t MadeCost(MadeKind kind, std::span<const v8::Local<v8::Value>> parts) {
  const Form& form = FormOf(kind);
  const auto list = static_cast<size_t>(form.list);
  if (form.list < 0 || list >= parts.size() || !parts[list]->IsArray()) return form.cost;
  return form.cost + form.entry * parts[list].As<v8::Array>()->Length();
}

}  // namespace isolet::value
