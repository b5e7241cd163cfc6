// SPDX-License-Identifier: Apache-2.0
// What becomes of answers, engine and GPU after a fault.
#pragma once

#include <QObject>

class CudaFaultTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void fault_names();
  void answers_end_and_loading_again_works_data();
  void answers_end_and_loading_again_works();
};

// For processes of their own, because a fault may end the GPU for the whole process: an engine
// breaks at that step ("step": a kernel fails, "call": CUDA refuses a call), what was answered is
// checked, and the model loaded again, in this process or, where the driver does not let it, in the
// same one after exec(). 0 when all is well.
int break_and_reload(const char* fault, int step, bool graphs);
// After exec(): 0 when the answers are those with that digest.
int answer_again(const char* digest);
