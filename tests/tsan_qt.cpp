// SPDX-License-Identifier: Apache-2.0
// Tells ThreadSanitizer what Qt's own locks do. The distribution's Qt is not built with it, so what
// one thread hands to another through Qt's event queue or thread pool looks like a race. Linked
// into the tests of builds with ThreadSanitizer only; takes the place of the functions of Qt that
// hand over, marks the moment and calls them.
//
// Known to order more than it has to: a signal of another thread orders that thread before whatever
// queued call any thread handles next, a pool's task before every task started later. A slot that
// is called at once by another thread's signal must not wait for the main thread.
#include <dlfcn.h>

#include <QCoreApplication>
#include <QEvent>
#include <QFutureInterface>
#include <QThread>
#include <QThreadPool>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);

namespace {

char tasks, results;

// Held while a thread sends a signal: Qt copies its arguments in there, and whoever gets them reads
// the copies. Recursive: a slot that is called at once may send another.
std::recursive_mutex& signals_of_threads() {
  static std::recursive_mutex mutex;
  return mutex;
}

template <class Function>
Function real(const char* symbol) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, symbol));
}

// Called in the receiver's thread before each event.
bool notified(void** parameters) {
  const auto* event = static_cast<QEvent*>(parameters[1]);
  __tsan_acquire(parameters[0]);
  if (event->type() == QEvent::MetaCall) const std::lock_guard sent(signals_of_threads());
  if (event->type() == QEvent::FutureCallOut) __tsan_acquire(&results);
  return false;
}

const bool registered = QInternal::registerCallback(QInternal::EventNotifyCallback, notified);

}  // namespace

bool QMetaObject::invokeMethodImpl(QObject* object, QtPrivate::QSlotObjectBase* slot,
                                   Qt::ConnectionType type, void* result) {
  using Function = bool (*)(QObject*, QtPrivate::QSlotObjectBase*, Qt::ConnectionType, void*);
  static const auto next = real<Function>(
      "_ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtPrivate15QSlotObjectBaseEN2Qt14Connection"
      "TypeEPv");
  __tsan_release(object);
  return next(object, slot, type, result);
}

void QMetaObject::activate(QObject* sender, const QMetaObject* meta, int signal, void** arguments) {
  using Function = void (*)(QObject*, const QMetaObject*, int, void**);
  static const auto next = real<Function>("_ZN11QMetaObject8activateEP7QObjectPKS_iPPv");
  const QCoreApplication* app = QCoreApplication::instance();
  std::unique_lock sending(signals_of_threads(), std::defer_lock);
  if (app != nullptr && QThread::currentThread() != app->thread()) sending.lock();
  next(sender, meta, signal, arguments);
}

void QThreadPool::start(QRunnable* runnable, int priority) {
  using Function = void (*)(QThreadPool*, QRunnable*, int);
  static const auto next = real<Function>("_ZN11QThreadPool5startEP9QRunnablei");
  __tsan_release(&tasks);
  next(this, runnable, priority);
}

void QThreadPool::start(std::function<void()> function, int priority) {
  using Function = void (*)(QThreadPool*, std::function<void()>, int);
  static const auto next = real<Function>("_ZN11QThreadPool5startESt8functionIFvvEEi");
  // One pointer lies inside the new function: nothing is read before the acquire.
  auto* moved = new std::function<void()>(std::move(function));
  __tsan_release(&tasks);
  next(
      this,
      [moved] {
        __tsan_acquire(&tasks);
        const std::unique_ptr<std::function<void()>> owned(moved);
        (*owned)();
      },
      priority);
}

// The first thing that a task of QtConcurrent asks.
bool QFutureInterfaceBase::isCanceled() const {
  using Function = bool (*)(const QFutureInterfaceBase*);
  static const auto next = real<Function>("_ZNK20QFutureInterfaceBase10isCanceledEv");
  __tsan_acquire(&tasks);
  return next(this);
}

void QFutureInterfaceBase::reportResultsReady(int begin, int end) {
  using Function = void (*)(QFutureInterfaceBase*, int, int);
  static const auto next = real<Function>("_ZN20QFutureInterfaceBase18reportResultsReadyEii");
  __tsan_release(&results);
  next(this, begin, end);
}

void QFutureInterfaceBase::reportFinished() {
  using Function = void (*)(QFutureInterfaceBase*);
  static const auto next = real<Function>("_ZN20QFutureInterfaceBase14reportFinishedEv");
  __tsan_release(&results);
  next(this);
}
