#include "check.h"
#include "modules/names.h"

namespace isolet::test {
namespace {

TEST(AnAbsoluteUrlHasAScheme) {
  for (const char* url : {"https://a/b", "node:fs", "a:", "x-y+z.1:rest"}) EXPECT(HasScheme(url));
  for (const char* name : {"", ":", "lodash", "./a:b", "@scope/a:b", "1a:b", "a b:c"}) EXPECT(!HasScheme(name));
}

TEST(ARegisteredNameIsAUrlOfItsOwn) {
  EXPECT(ModuleUrl("main") == "isolet:/main");
  EXPECT(ModuleUrl("lib/a.js") == "isolet:/lib/a.js");
  EXPECT(ModuleUrl("https://a/b.js") == "https://a/b.js");
}

TEST(RelativeSpecifiersBeginWithDotsOrASlash) {
  EXPECT(IsRelative("./a") && IsRelative("../a") && IsRelative("/a"));
  EXPECT(!IsRelative("a") && !IsRelative(".a") && !IsRelative("..") && !IsRelative(""));
}

TEST(ARelativeSpecifierIsSeenFromItsReferrer) {
  EXPECT(JoinModuleUrl("isolet:/lib/a.js", "./b.js") == "isolet:/lib/b.js");
  EXPECT(JoinModuleUrl("isolet:/lib/deep/a.js", "../b.js") == "isolet:/lib/b.js");
  EXPECT(JoinModuleUrl("isolet:/lib/a.js", "/b.js") == "isolet:/b.js");
  EXPECT(JoinModuleUrl("isolet:/a.js", "./b/./c.js") == "isolet:/b/c.js");
}

TEST(NoSpecifierLeadsOutOfTheRoot) {
  EXPECT(JoinModuleUrl("isolet:/a.js", "../../../b.js") == "isolet:/b.js");
  EXPECT(JoinModuleUrl("isolet:/x/a.js", "/../b.js") == "isolet:/b.js");
}

TEST(AScriptSeesModulesFromTheRoot) {
  EXPECT(JoinModuleUrl("script.js", "./b.js") == "isolet:/b.js");
  EXPECT(JoinModuleUrl("", "./b.js") == "isolet:/b.js");
}

TEST(OtherUrlsAreTheResolversBusiness) { EXPECT(!JoinModuleUrl("https://a/b.js", "./c.js")); }

}  // namespace
}  // namespace isolet::test
