"""Pages of the Verwaltung across rooms: Postausgang, data of the Kommune, founding, demo."""
