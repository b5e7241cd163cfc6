// SPDX-License-Identifier: Apache-2.0
// How the window is drawn. Qt ends the process when it finds no OpenGL, and draws slowly with one
// that computes on the CPU: both are recognised before the first window and replaced by Qt Quick's
// software renderer.
#pragma once

namespace gui {

// Before the first window, behind QGuiApplication. `software`: asked for. QT_QUICK_BACKEND wins
// over everything.
void chooseGraphics(bool software);

}  // namespace gui
