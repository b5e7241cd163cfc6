// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/runner/machine_test.h"

#include <sched.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/runner/machine.h"

using Files = QMap<QString, QByteArray>;

namespace {

// A root folder with these files; the path ends with a slash.
std::string make_root(const QTemporaryDir& folder, const Files& files) {
  for (auto it = files.begin(); it != files.end(); ++it) {
    const QString path = folder.filePath(it.key());
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(path));
    file.write(it.value());
  }
  return folder.path().toStdString() + "/";
}

const QByteArray kMeminfo = "MemTotal: 16000 kB\nMemFree: 1 kB\nMemAvailable:    10000 kB\n";

}  // namespace

void MachineTest::memory_data() {
  QTest::addColumn<Files>("files");
  QTest::addColumn<qint64>("bytes");
  const qint64 machine = 10000 * 1024;
  QTest::newRow("no groups") << Files{{"proc/meminfo", kMeminfo}} << machine;
  QTest::newRow("version 2, no limit") << Files{{"proc/meminfo", kMeminfo},
                                                {"proc/self/cgroup", "0::/app\n"},
                                                {"sys/fs/cgroup/app/memory.max", "max\n"},
                                                {"sys/fs/cgroup/app/memory.current", "5\n"}}
                                       << machine;
  QTest::newRow("version 2, its own limit and caches")
      << Files{{"proc/meminfo", kMeminfo},
               {"proc/self/cgroup", "0::/app\n"},
               {"sys/fs/cgroup/app/memory.max", "5000000\n"},
               {"sys/fs/cgroup/app/memory.current", "3000000\n"},
               {"sys/fs/cgroup/app/memory.stat", "anon 7\nfile 9\ninactive_file 400000\n"}}
      << qint64{2400000};
  QTest::newRow("version 2, a limit above") << Files{{"proc/meminfo", kMeminfo},
                                                     {"proc/self/cgroup", "0::/a/b\n"},
                                                     {"sys/fs/cgroup/a/memory.max", "1000\n"},
                                                     {"sys/fs/cgroup/a/memory.current", "400\n"}}
                                            << qint64{600};
  QTest::newRow("version 2, in a container whose group is the root")
      << Files{{"proc/meminfo", kMeminfo},
               {"proc/self/cgroup", "0::/../x\n"},
               {"sys/fs/cgroup/memory.max", "3000\n"},
               {"sys/fs/cgroup/memory.current", "1000\n"}}
      << qint64{2000};
  QTest::newRow("version 1") << Files{{"proc/meminfo", kMeminfo},
                                      {"proc/self/cgroup", "5:cpu,cpuacct:/c\n4:memory:/m\n0::/\n"},
                                      {"sys/fs/cgroup/memory/m/memory.limit_in_bytes", "900000\n"},
                                      {"sys/fs/cgroup/memory/m/memory.usage_in_bytes", "100000\n"}}
                             << qint64{800000};
  QTest::newRow("more used than allowed") << Files{{"proc/meminfo", kMeminfo},
                                                   {"proc/self/cgroup", "0::/\n"},
                                                   {"sys/fs/cgroup/memory.max", "3000\n"},
                                                   {"sys/fs/cgroup/memory.current", "9000\n"}}
                                          << qint64{0};
}

void MachineTest::memory() {
  QFETCH(Files, files);
  QFETCH(qint64, bytes);
  const QTemporaryDir folder;
  QCOMPARE(static_cast<qint64>(engine::available_memory(make_root(folder, files))), bytes);
}

void MachineTest::cores() {
  cpu_set_t allowed;
  QCOMPARE(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  const int processors = CPU_COUNT(&allowed);
  const QTemporaryDir plain, siblings, quota, old_quota;
  QCOMPARE(engine::available_cores(make_root(plain, {})), processors);
  QCOMPARE(engine::available_processors(make_root(plain, {})), processors);

  Files one_core;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed))
      one_core[QString("sys/devices/system/cpu/cpu%1/topology/thread_siblings_list").arg(cpu)] =
          "0-255\n";
  }
  QCOMPARE(engine::available_cores(make_root(siblings, one_core)), 1);
  QCOMPARE(engine::available_processors(make_root(siblings, one_core)), processors);
  const Files half = {{"proc/self/cgroup", "0::/q\n"},
                      {"sys/fs/cgroup/q/cpu.max", "50000 100000\n"}};
  QCOMPARE(engine::available_cores(make_root(quota, half)), 1);
  QCOMPARE(engine::available_processors(make_root(quota, half)), 1);
  const Files version_1 = {{"proc/self/cgroup", "3:cpu,cpuacct:/q\n"},
                           {"sys/fs/cgroup/cpu/q/cpu.cfs_quota_us", "100000\n"},
                           {"sys/fs/cgroup/cpu/q/cpu.cfs_period_us", "100000\n"}};
  QCOMPARE(engine::available_cores(make_root(old_quota, version_1)), 1);
}

void MachineTest::this_machine() {
  QVERIFY(engine::available_memory() > 100 << 20);
  QVERIFY(engine::available_cores() >= 1);
  QVERIFY(engine::available_processors() >= engine::available_cores());
}
