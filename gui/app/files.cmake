target_sources(fireside_gui PRIVATE
  app/app.cpp app/app.h
  app/app_options.h
  app/denying_network.cpp app/denying_network.h
  app/exporter.cpp app/exporter.h
)
