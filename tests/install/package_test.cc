// SPDX-License-Identifier: MIT
// The Debian packages, as `make deb` has left them.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "tests/host/temp_dir.h"
#include "tests/install/shell.h"

namespace s390log {
namespace {

namespace fs = std::filesystem;

const std::string kPrograms = "build/deb/s390-log_" VERSION "_s390x.deb";
const std::string kModules = "build/deb/s390-log-dkms_" VERSION "_all.deb";

std::string Field(const std::string& package, const std::string& field) {
  return Shell("dpkg-deb -f " + package + " " + field).text;
}

class PackageTest : public testing::Test {
 protected:
  void Unpack(const std::string& package) {
    const Ran ran = Shell("dpkg-deb -R " + package + " " + root_.string());
    ASSERT_EQ(ran.status, 0) << ran.text;
  }

  TempDir dir_;
  fs::path root_ = dir_.File("root");
};

TEST_F(PackageTest, DependsOnTheLibrariesThatItsProgramsNeed) {
  const std::string depends = Field(kPrograms, "Depends");
  for (const char* library : {"libc6 (>= ", "libstdc++6 (>= ", "libsqlite3-0 (>= ", "libfmt9",
                              "libsystemd0", "systemd"}) {
    EXPECT_NE(depends.find(library), std::string::npos) << depends;
  }
  EXPECT_EQ(depends.find('$'), std::string::npos) << depends;
  EXPECT_EQ(Field(kPrograms, "Architecture"), "s390x\n");
  EXPECT_EQ(Field(kModules, "Architecture"), "all\n");
}

TEST_F(PackageTest, ProgramsAreOfTheMainframeAndStripped) {
  Unpack(kPrograms);
  for (const char* program : {"usr/sbin/logd", "usr/bin/logctl"}) {
    const Ran ran = Shell("s390x-linux-gnu-readelf -hS " + (root_ / program).string());
    EXPECT_NE(ran.text.find("IBM S/390"), std::string::npos) << ran.text;
    EXPECT_EQ(ran.text.find(".debug_info"), std::string::npos);
  }
}

// dpkg must ask before it replaces what an administrator has changed.
TEST_F(PackageTest, ConfigurationIsAConffileAndNothingElseIsBelowEtc) {
  Unpack(kPrograms);
  EXPECT_EQ(FileText(root_ / "DEBIAN/conffiles"), "/etc/s390-log/logd.toml\n");
  EXPECT_EQ(FilesBelow(root_ / "etc"), std::set<std::string>{"/s390-log/logd.toml"});
}

TEST_F(PackageTest, MaintainerScriptsAreShell) {
  for (const std::string& package : {kPrograms, kModules}) {
    root_ = dir_.File(fs::path(package).stem());
    Unpack(package);
    size_t scripts = 0;
    for (const char* name : {"postinst", "prerm", "postrm"}) {
      const fs::path script = root_ / "DEBIAN" / name;
      if (!fs::exists(script)) continue;
      ++scripts;
      EXPECT_EQ(Shell("sh -n " + script.string()).status, 0);
      EXPECT_EQ(FileText(script).find('@'), std::string::npos) << script;
    }
    EXPECT_GE(scripts, 2u);
  }
}

// What is missing from the list would be built and not installed.
TEST_F(PackageTest, DkmsInstallsEachModuleThatTheSourcesMake) {
  Unpack(kModules);
  const fs::path source = root_ / "usr/src/s390-log-" VERSION;
  const std::string conf = FileText(source / "dkms.conf");
  std::set<std::string> made, installed;
  for (const auto& entry : fs::directory_iterator(source / "driver")) {
    if (entry.is_directory()) made.insert(entry.path().filename());
  }
  const std::regex line("BUILT_MODULE_LOCATION\\[[0-9]+\\]=\"driver/([a-z0-9_]+)\"");
  for (std::sregex_iterator at(conf.begin(), conf.end(), line), end; at != end; ++at) {
    installed.insert((*at).str(1));
  }
  EXPECT_EQ(installed, made);
  EXPECT_NE(conf.find("PACKAGE_VERSION=\"" VERSION "\"\n"), std::string::npos) << conf;
}

// The sources of the package are all that DKMS has: its own command, but for the cross compiler.
TEST_F(PackageTest, SourcesOfDkmsBuildByTheCommandOfDkmsConf) {
  Unpack(kModules);
  fs::create_directories(root_ / "s390-log/" VERSION);
  fs::rename(root_ / "usr/src/s390-log-" VERSION, root_ / "s390-log/" VERSION "/build");
  const fs::path build = root_ / "s390-log/" VERSION "/build";
  const Ran ran =
      Shell("kernel_source_dir=$PWD/build/kernel/6.1/kdir dkms_tree=" + root_.string() + "; . " +
            (build / "dkms.conf").string() +
            "; export ARCH=s390 CROSS_COMPILE=s390x-linux-gnu-; pahole=$(sed -n "
            "'s/^CONFIG_PAHOLE_VERSION=//p' $kernel_source_dir/include/config/auto.conf); "
            "eval \"timeout 300 ${MAKE} PAHOLE_VERSION=$pahole\"");
  EXPECT_EQ(ran.status, 0) << ran.text;
  for (const char* module : {"kevent/kevent.ko", "s390_log/s390_log.ko", "tape_log/tape_log.ko"}) {
    EXPECT_TRUE(fs::exists(build / "driver" / module)) << module;
  }
}

}  // namespace
}  // namespace s390log
