target_sources(fireside_gui PRIVATE
  models/device_list.cpp models/device_list.h
  models/engine_controller.cpp models/engine_controller.h
  models/model_list_model.cpp models/model_list_model.h
)
