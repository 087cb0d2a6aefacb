#include "engine/storable.h"
namespace isolet {
std::string FindUnstorable(const std::shared_ptr<IsolatePlatform>&, v8::Isolate*, v8::Local<v8::Context>) { return ""; }
}
