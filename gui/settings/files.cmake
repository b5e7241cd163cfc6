target_sources(fireside_gui PRIVATE
  settings/settings.cpp settings/settings.h
)
