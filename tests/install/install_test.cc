// SPDX-License-Identifier: MIT
// make install and make uninstall.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/host/temp_dir.h"
#include "tests/install/shell.h"

namespace s390log {
namespace {

namespace fs = std::filesystem;

class InstallTest : public testing::Test {
 protected:
  void Make(const std::string& target) {
    const Ran ran = Shell("make " + target + " DESTDIR=" + root_.string() + " PREFIX=/opt/s390");
    ASSERT_EQ(ran.status, 0) << ran.text;
    said_ = ran.text;
  }

  TempDir dir_;
  fs::path root_ = dir_.File("root");
  fs::path config_ = root_ / "etc/s390-log/logd.toml";
  std::string said_;
};

TEST_F(InstallTest, UninstallWithoutAnInstallationIsNoError) {
  fs::create_directory(root_);
  Make("uninstall");
}

TEST_F(InstallTest, ChangedConfigurationSurvivesBothAndIsNamed) {
  Make("install");
  std::ofstream(config_) << "# mine\n";
  Make("install");
  EXPECT_EQ(FileText(config_), "# mine\n");
  Make("uninstall");
  EXPECT_EQ(FilesBelow(root_), std::set<std::string>{"/etc/s390-log/logd.toml"});
  EXPECT_NE(said_.find("kept, for it was changed: " + config_.string()), std::string::npos)
      << said_;
}

TEST_F(InstallTest, UninstallLeavesNoFileAndNoFolderOfOurs) {
  Make("install");
  ASSERT_FALSE(FilesBelow(root_).empty());
  Make("uninstall");
  EXPECT_EQ(FilesBelow(root_), std::set<std::string>());
  for (const auto& entry : fs::recursive_directory_iterator(root_)) {
    EXPECT_EQ(entry.path().filename().string().find("s390-log"), std::string::npos) << entry.path();
    EXPECT_NE(entry.path().filename(), "s390log");
  }
}

TEST_F(InstallTest, EverythingIsThere) {
  Make("install");
  const std::set<std::string> files = FilesBelow(root_);
  for (const char* file :
       {"bin/logctl", "sbin/logd", "lib/libkevent.a", "lib/libkevent.so", "lib/libkevent.so.1",
        "lib/pkgconfig/libkevent.pc", "include/s390log/kevent.h", "include/linux/kevent.h",
        "include/linux/s390_log.h", "lib/systemd/system/s390-logd.service",
        "lib/udev/rules.d/60-s390-log.rules", "lib/sysusers.d/s390-log.conf",
        "share/man/man1/logctl.1", "share/man/man2/kevent_wait.2", "share/man/man4/kevent.4",
        "share/man/man5/logd.conf.5", "share/man/man7/s390-log-messages.7",
        "share/man/man8/logd.8"}) {
    EXPECT_TRUE(files.contains(std::string("/opt/s390/") + file)) << file;
  }
  EXPECT_TRUE(files.contains("/etc/s390-log/logd.toml"));
}

// A mode of the installing user's umask, or of a source file, would be an accident.
TEST_F(InstallTest, ProgramsAreExecutableAndNothingElseIs) {
  Make("install");
  for (const std::string& file : FilesBelow(root_)) {
    struct stat status {};
    ASSERT_EQ(::stat((root_.string() + file).c_str(), &status), 0) << file;
    const bool program = file.find("bin/log") != std::string::npos;
    EXPECT_EQ(status.st_mode & 0777u, program ? 0755u : 0644u) << file;
  }
}

TEST_F(InstallTest, LogdUnderstandsTheConfigurationThatComesWithIt) {
  Make("install");
  const Ran ran =
      Shell((root_ / "opt/s390/sbin/logd").string() + " --check -c " + config_.string());
  EXPECT_EQ(ran.status, 0) << ran.text;
}

TEST_F(InstallTest, ProgramIsBuiltWithLibkeventByItsPkgConfigFile) {
  Make("install");
  const std::string pc = FileText(root_ / "opt/s390/lib/pkgconfig/libkevent.pc");
  EXPECT_EQ(pc.find('@'), std::string::npos) << pc;
  EXPECT_NE(pc.find("prefix=/opt/s390\n"), std::string::npos) << pc;
  const std::string prefix = (root_ / "opt/s390").string();
  const std::string source = dir_.File("use.c");
  std::ofstream(source) << "#include <s390log/kevent.h>\n"
                           "int main(void) { return kevent_init(0, 0, 0) >= 0; }\n";
  const Ran ran =
      Shell("cc -o " + dir_.File("use") + " -I" + prefix + "/include " + source + " -L" + prefix +
            "/lib -lkevent -Wl,-rpath," + prefix + "/lib && " + dir_.File("use"));
  EXPECT_EQ(ran.status, 0) << ran.text;
}

}  // namespace
}  // namespace s390log
