// SPDX-License-Identifier: MIT
//
// Compiles the kernel modules against the headers of each Debian suite, as
// hercules/setup/headers.sh has left them. A suite that cannot be had is skipped.
//
// The driver asks relay.h, and not the kernel's version, for the signature of subbuf_start, which
// has changed. So each relay.h is also turned into the other kind, as if a distribution had
// backported the change or taken it back.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr char kOneObject[] = "TARGET=s390_log/channel.o";

std::string Contents(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> Suites() {
  std::istringstream in(HEADER_SUITES);
  return {std::istream_iterator<std::string>(in), {}};
}

fs::path Home(const std::string& suite) { return fs::path("build/headers") / suite; }

bool IsReady(const std::string& suite) { return fs::exists(Home(suite) / ".ready"); }

struct Build {
  bool succeeded;
  std::string messages;
};

// Settings are for the environment of kbuild.sh, words for make.
Build RunKbuild(const std::string& suite, const fs::path& out, const std::string& settings,
                const std::string& words) {
  fs::create_directories(out);
  const fs::path log = out / "messages";
  const std::string command = "OUT='" + out.string() + "' " + settings +
                              " timeout --kill-after=10 300 driver/kbuild.sh headers/" + suite +
                              " " + words + " >'" + log.string() + "' 2>&1 </dev/null";
  const bool succeeded = std::system(command.c_str()) == 0;
  return {succeeded, Contents(log)};
}

class Headers : public testing::TestWithParam<std::string> {};

TEST_P(Headers, ModulesBuildWithoutAWarning) {
  const std::string& suite = GetParam();
  if (const fs::path why = Home(suite) / "unavailable"; fs::exists(why)) {
    GTEST_SKIP() << "no kernel headers of " << suite << ": " << Contents(why);
  }
  ASSERT_TRUE(IsReady(suite)) << "hercules/setup/headers.sh " << suite << " has failed";

  const fs::path out = fs::path("build/driver/headers") / suite;
  const Build build = RunKbuild(suite, out, "", "");
  EXPECT_TRUE(build.succeeded);
  EXPECT_TRUE(build.messages.empty()) << build.messages;
  for (const std::string module : {"kevent", "s390_log", "tape_log"}) {
    EXPECT_TRUE(fs::exists(out / module / (module + ".ko"))) << module;
  }
  // Or the next run would find nothing to do, and nothing to warn of.
  if (HasFailure()) fs::remove_all(out);
}

INSTANTIATE_TEST_SUITE_P(Debian, Headers, testing::ValuesIn(Suites()), [](const auto& test) {
  return std::regex_replace(test.param, std::regex("[^A-Za-z0-9]"), "_");
});

// A header that, included first, takes the place of the suite's relay.h.
class ChangedRelay : public testing::Test {
 protected:
  void TearDown() override {
    if (!HasFailure()) fs::remove_all(work_);
  }

  void Change(const std::string& suite) {
    out_ = work_ / suite;
    fs::remove_all(out_);
    fs::create_directories(out_);
    const std::string relay = Contents(Home(suite) / "common/include/linux/relay.h");
    const std::regex callback(
        "(\\(\\*subbuf_start\\)[^;]*void \\*prev_subbuf)"
        "(,\\s*size_t prev_padding)?\\);");
    std::smatch found;
    ASSERT_TRUE(std::regex_search(relay, found, callback)) << "relay.h has changed once more";
    was_padded_ = found[2].matched;
    const std::string other = found[1].str() + (was_padded_ ? ");" : ", size_t prev_padding);");
    std::ofstream(out_ / "relay.h") << found.prefix() << other << found.suffix();
  }

  Build CompileChannel(const std::string& suite, const std::string& first) const {
    return RunKbuild(suite, out_, kOneObject,
                     "KCPPFLAGS='-include " + fs::absolute(out_ / first).string() + "'");
  }

  static std::vector<std::string> ReadySuites() {
    std::vector<std::string> ready;
    for (const std::string& suite : Suites()) {
      if (IsReady(suite)) ready.push_back(suite);
    }
    return ready;
  }

  const fs::path work_ = "build/driver/changed-relay";
  fs::path out_;
  bool was_padded_ = false;
};

TEST_F(ChangedRelay, IsFollowedByTheDriver) {
  const std::vector<std::string> suites = ReadySuites();
  if (suites.empty()) GTEST_SKIP() << "no suite can be had";
  for (const std::string& suite : suites) {
    SCOPED_TRACE(suite);
    ASSERT_NO_FATAL_FAILURE(Change(suite));
    const Build build = CompileChannel(suite, "relay.h");
    EXPECT_TRUE(build.succeeded);
    EXPECT_TRUE(build.messages.empty()) << build.messages;
  }
}

// The test above can fail: a driver that goes by the version does not compile.
TEST_F(ChangedRelay, IsFatalToADriverThatDoesNotAsk) {
  const std::vector<std::string> suites = ReadySuites();
  if (suites.empty()) GTEST_SKIP() << "no suite can be had";
  for (const std::string& suite : suites) {
    SCOPED_TRACE(suite);
    ASSERT_NO_FATAL_FAILURE(Change(suite));
    std::ofstream(out_ / "fixed.h")
        << "#include \"relay.h\"\n"
        << "#include " << fs::absolute("driver/s390_log/relay_compat.h") << "\n"
        << "#undef S390_LOG_RELAY_SUBBUF_START\n"
        << "#define S390_LOG_RELAY_SUBBUF_START s390_log_subbuf_start"
        << (was_padded_ ? "_padded" : "") << "\n";
    const Build build = CompileChannel(suite, "fixed.h");
    EXPECT_FALSE(build.succeeded);
    EXPECT_NE(build.messages.find("incompatible pointer type"), std::string::npos)
        << build.messages;
  }
}

}  // namespace
