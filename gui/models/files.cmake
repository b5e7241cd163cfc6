target_sources(fireside_gui PRIVATE
  models/engine_controller.cpp models/engine_controller.h
  models/model_list_model.cpp models/model_list_model.h
)
